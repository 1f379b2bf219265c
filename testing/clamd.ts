/** A real clamd for one test: own configuration, own database of one hash (EICAR's), own socket in a short folder. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import path from 'node:path'
import { eicar } from './eicar.ts'
import { peer } from './peers.ts'

export interface ClamdOptions {
  /** Lines of clamd.conf that win over ours, e.g. `{ StreamMaxLength: '1M' }`. */
  config?: Readonly<Record<string, string>>
  /** More signatures: lines of a .ndb file, e.g. "Test.Mark:0:*:6d61726b". */
  signatures?: readonly string[]
}

export interface Clamd {
  /** As the agent's `--clamd` takes it: "unix:/path". */
  readonly socket: `unix:${string}`
  /** The socket's path alone. */
  readonly path: string
  readonly pid: number
  /** What clamd has printed so far. */
  log(): string
  /** SIGKILL: connections break in the middle of whatever they do. */
  kill(): void
  /** SIGSTOP and SIGCONT: a scanner that is there but does not answer. */
  pause(): void
  resume(): void
  /** Ends clamd and removes its folder. Safe to call twice and after kill(). */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 30_000

/** Asks a command that has a one-line answer (clamd(8), z-prefix: ends in NUL). */
export async function askClamd(socketPath: string, command: string, signal?: AbortSignal): Promise<string> {
  const socket = connect({ path: socketPath, ...(signal === undefined ? {} : { signal }) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.end(`z${command}\0`)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('utf8').replace(/\0$/, '')
}

/**
 * Starts clamd and waits until it answers PING.
 * @throws Error with clamd's own words when it does not come up.
 */
export async function startClamd(options: ClamdOptions = {}): Promise<Clamd> {
  // Directly in /tmp: a socket's path may have 107 bytes only.
  const folder = mkdtempSync('/tmp/sluice-clamd-')
  const database = path.join(folder, 'db')
  mkdirSync(database)
  mkdirSync(path.join(folder, 'tmp'))
  const sample = eicar()
  const md5 = createHash('md5').update(sample).digest('hex')
  writeFileSync(path.join(database, 'test.hdb'), `${md5}:${sample.length}:Eicar-Test-Signature\n`)
  if (options.signatures !== undefined)
    writeFileSync(path.join(database, 'test.ndb'), `${options.signatures.join('\n')}\n`)

  const socketPath = path.join(folder, 'clamd.sock')
  const config: Record<string, string> = {
    DatabaseDirectory: database,
    TemporaryDirectory: path.join(folder, 'tmp'),
    LocalSocket: socketPath,
    Foreground: 'yes',
    User: userInfo().username,
    MaxThreads: '4',
    ConcurrentDatabaseReload: 'no',
    DisableCertCheck: 'yes',
    SelfCheck: '0',
    ...options.config,
  }
  const configFile = path.join(folder, 'clamd.conf')
  writeFileSync(
    configFile,
    Object.entries(config)
      .map(([key, value]) => `${key} ${value}\n`)
      .join(''),
  )

  const daemon = spawn(peer('clamd'), ['--config-file', configFile], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(daemon, 'exit').catch(() => null)
  const remove = (): void => {
    daemon.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', remove)
  let output = ''
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8')
  }
  daemon.stdout.on('data', keep)
  daemon.stderr.on('data', keep)

  const stop = async (): Promise<void> => {
    process.off('exit', remove)
    daemon.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }

  const fail = async (what: string): Promise<never> => {
    await stop()
    throw new Error(`${what}\n${output}`)
  }
  const signal = AbortSignal.timeout(START_TIMEOUT_MS)
  const listening = Promise.withResolvers<boolean>()
  daemon.stdout.on('data', () => {
    if (output.includes('Self checking')) listening.resolve(true)
  })
  void ended.then(() => listening.resolve(false))
  signal.addEventListener('abort', () => listening.resolve(false), { once: true })
  if (!(await listening.promise))
    return fail(signal.aborted ? 'clamd did not listen in time' : 'clamd ended at its start')
  const answer = await askClamd(socketPath, 'PING', signal).catch((error: unknown) => String(error))
  if (answer !== 'PONG' || daemon.pid === undefined) return fail(`clamd answered PING with "${answer}"`)

  return {
    socket: `unix:${socketPath}`,
    path: socketPath,
    pid: daemon.pid,
    log: () => output,
    kill: () => void daemon.kill('SIGKILL'),
    pause: () => void daemon.kill('SIGSTOP'),
    resume: () => void daemon.kill('SIGCONT'),
    stop,
  }
}
