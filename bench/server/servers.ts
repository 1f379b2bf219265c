/** The servers that are compared, each as a process of its own that serves one folder to one account. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { serverCertificate } from '../../testing/certificates.ts'
import { startClamd } from '../../testing/clamd.ts'
import { peer } from '../../testing/peers.ts'
import { startProftpd } from '../../testing/proftpd.ts'
import { startVsftpd } from '../../testing/vsftpd.ts'

export interface BenchServer {
  /** All that it is descends from this process. */
  pid: number
  port: number
  user: string
  password: string
  stop(): Promise<void>
}

/** @param root folder to serve, absolute @param tls logins and data only with TLS */
export type StartServer = (root: string, tls: boolean) => Promise<BenchServer>

const USER = 'bench'
const PASSWORD = 'not a secret'
const REPOSITORY = path.join(import.meta.dirname, '../..')
/** Where its dependencies are found from. */
const BUNDLES = path.join(REPOSITORY, 'node_modules/.cache/sluice-bench')
/** More than any case needs. */
const LIMITS = { connections: 10_000, perAddress: 10_000, perAccount: 10_000 }

/** Bundles server and agent, since users get bundles: what Node needs to strip types would count as the server's memory. */
export async function bundleServer(): Promise<string> {
  const entries = { server: path.join(REPOSITORY, 'server/main.ts'), agent: path.join(REPOSITORY, 'agent/main.ts') }
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: true, outDir: BUNDLES, emptyOutDir: true, target: 'node24', rolldownOptions: { input: entries } },
  })
  return path.join(BUNDLES, 'server.js')
}

/** The first line of its standard output that has what is looked for; the rest is thrown away. */
async function firstLine(
  child: ReturnType<typeof spawn>,
  wanted: (line: string) => string | undefined,
): Promise<string> {
  const { stdout } = child
  if (stdout === null) throw new Error('no standard output')
  const lines = createInterface({ input: stdout })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  lines.on('line', (line) => {
    const found = wanted(line)
    if (found !== undefined) resolve(found)
  })
  child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${String(code)} at its start`)))
  return await promise
}

/** Ours. @param clamd where it scans; null: it does not. @param profile a folder for `--cpu-prof`; '' without */
export function ours(bundle: string, clamd: string | null, profile: string): StartServer {
  return async (root, tls) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-server-'))
    const config = path.join(folder, 'config.json')
    writeFileSync(config, JSON.stringify({ tls: { mode: tls ? 'required' : 'allowed' }, limits: LIMITS }))
    const args = [
      ...(profile === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
      bundle,
      ...['--config', config, '--root', root, '--user', `${USER}:${PASSWORD}:writer`, '--listen', '127.0.0.1:0'],
      ...['--data-folder', path.join(folder, 'data'), '--log', 'json', '--plain-ok', '--grace', '0'],
      ...(clamd === null ? ['--no-scan'] : ['--engine', 'clamd', '--clamd', clamd]),
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(child, 'exit')
    let port = 0
    await firstLine(child, (line) => {
      const found = /"url":"ftp:\/\/127\.0\.0\.1:(\d+)"/.exec(line)?.[1]
      if (found !== undefined) port = Number(found)
      const event = clamd === null ? '"event":"ready"' : '"state":"ready"'
      return port > 0 && line.includes(event) ? line : undefined
    })
    return { pid: child.pid ?? 0, port, user: USER, password: PASSWORD, stop: () => end(child, ended, folder) }
  }
}

async function end(child: ReturnType<typeof spawn>, ended: Promise<unknown>, folder: string): Promise<void> {
  child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}

/** Ours with a scanner that has one signature and no limit that a case meets. */
export function oursScanning(bundle: string): StartServer {
  return async (root, tls) => {
    const big = '2000M'
    const clamd = await startClamd({ config: { StreamMaxLength: big, MaxFileSize: big, MaxScanSize: big } })
    const server = await ours(bundle, clamd.socket, '')(root, tls)
    const stop = async (): Promise<void> => {
      await server.stop()
      await clamd.stop()
    }
    return { ...server, stop }
  }
}

export const vsftpd: StartServer = async (root, tls) => {
  const server = await startVsftpd({ root, standalone: true, tls: tls ? 'explicit' : 'none', requireReuse: false })
  const { port, user, password } = server
  return { pid: server.pid ?? 0, port, user, password, stop: () => server.stop() }
}

export const pyftpdlib: StartServer = async (root, tls) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-pyftpdlib-'))
  const pem = path.join(folder, 'server.pem')
  const { cert, key } = serverCertificate('valid')
  writeFileSync(pem, `${key}${cert}`, { mode: 0o600 })
  const settings = JSON.stringify({ user: USER, password: PASSWORD, root, pem: tls ? pem : '' })
  const script = path.join(import.meta.dirname, 'pyftpdlib_server.py')
  const child = spawn(peer('python'), [script, settings], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  const port = Number(await firstLine(child, (line) => (/^\d+$/.test(line) ? line : undefined)))
  return { pid: child.pid ?? 0, port, user: USER, password: PASSWORD, stop: () => end(child, ended, folder) }
}

export const proftpd: StartServer = startProftpd
