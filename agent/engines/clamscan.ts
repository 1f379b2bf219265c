/**
 * ClamAV's command line scanner: one process a file, which loads all signatures each time. Slow, but there where
 * somebody installed ClamAV without its daemon.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { access, constants, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { EngineStatus, EngineVerdict, ScanEngine, ScanSession } from '../engine.ts'
import { readSignatureFolder } from '../signature-folder.ts'
import { Slots } from '../slots.ts'
import { signatureName } from './clamd.ts'

/** libclamav looks at no file above 2 GiB - 1. */
const MAX_BYTES = 2 ** 31 - 1
/** ms, the loading of the signatures included */
const TIMEOUT = 270_000
/** ms for which a look at version and signatures is good; it starts a process */
const STATUS_LIFETIME = 30_000
/** Each process holds all signatures in memory (over 1 GB with the official ones). */
const PROCESSES = 2

export interface ClamscanOptions {
  /** Absolute path, or null to look in PATH. */
  program: string | null
  /** Folder of signatures; null for the one that was built in. */
  database: string | null
}

const BUILT_IN_DATABASES = [
  '/var/lib/clamav',
  '/usr/local/share/clamav',
  '/opt/homebrew/var/lib/clamav',
  'C:\\Program Files\\ClamAV\\database',
]

export class ClamscanEngine implements ScanEngine {
  readonly name = 'clamscan'
  readonly #program: string
  readonly #database: string
  readonly #temporary: string
  readonly #slots = new Slots(PROCESSES, Infinity)
  #version: { text: string; at: number } | null = null

  private constructor(program: string, database: string, temporary: string) {
    this.#program = program
    this.#database = database
    this.#temporary = temporary
  }

  /** Null where there is no clamscan, or no signatures for it. */
  static async find(options: ClamscanOptions): Promise<ClamscanEngine | null> {
    const program = options.program ?? (await inPath(process.platform === 'win32' ? 'clamscan.exe' : 'clamscan'))
    if (program === null) return null
    for (const folder of options.database === null ? BUILT_IN_DATABASES : [options.database]) {
      const state = await readSignatureFolder(folder).catch(() => null)
      if (state !== null && state.files > 0) {
        // mkdtemp makes a folder that only we may enter.
        return new ClamscanEngine(program, folder, await mkdtemp(join(tmpdir(), 'sluice-agent-')))
      }
    }
    return null
  }

  async status(): Promise<EngineStatus> {
    const folder = await readSignatureFolder(this.#database).catch((cause: unknown) => {
      throw new SluiceError('agent-unavailable', `No signatures can be read in ${this.#database}.`, { cause })
    })
    const text = await this.#readVersion()
    const [, version, daily] = /^ClamAV ([^/\s]+)(?:\/(\d+))?/.exec(text) ?? []
    if (version === undefined) throw new SluiceError('agent-unavailable', `${this.#program} is not clamscan.`)
    return {
      engine: 'clamscan',
      engineVersion: `ClamAV ${version}`,
      signatureVersion: `${daily ?? 'custom'}+${folder.fingerprint}`,
      builtInRulesOnly: false,
      maxBytes: MAX_BYTES,
    }
  }

  async #readVersion(): Promise<string> {
    if (this.#version === null || performance.now() - this.#version.at > STATUS_LIFETIME) {
      const { code, stdout } = await run(this.#program, ['--version', `--database=${this.#database}`], 10_000)
      if (code !== 0) throw new SluiceError('agent-unavailable', `${this.#program} --version failed.`)
      this.#version = { text: stdout, at: performance.now() }
    }
    return this.#version.text
  }

  async open(signal: AbortSignal): Promise<ScanSession> {
    signal.throwIfAborted()
    const path = join(this.#temporary, randomUUID())
    const file = await open(path, 'wx', 0o600)
    return new ClamscanSession(file, path, (abort) => this.#scan(path, AbortSignal.any([signal, abort])))
  }

  async #scan(path: string, signal: AbortSignal): Promise<EngineVerdict> {
    const release = await this.#slots.acquire(signal)
    try {
      const args = [
        `--database=${this.#database}`,
        '--stdout',
        '--no-summary',
        // Everything that clamscan would skip without a word must show.
        '--alert-exceeds-max=yes',
        `--max-filesize=${MAX_BYTES}`,
        `--max-scansize=${MAX_BYTES}`,
        `--max-scantime=${TIMEOUT}`,
        path,
      ]
      return parseClamscan(path, await run(this.#program, args, TIMEOUT + 10_000, signal))
    } finally {
      release()
    }
  }

  async dispose(): Promise<void> {
    await rm(this.#temporary, { recursive: true, force: true })
  }
}

class ClamscanSession implements ScanSession {
  readonly #file: FileHandle
  readonly #path: string
  readonly #scan: (signal: AbortSignal) => Promise<EngineVerdict>
  readonly #abort = new AbortController()
  #removed: Promise<void> | null = null

  constructor(file: FileHandle, path: string, scan: (signal: AbortSignal) => Promise<EngineVerdict>) {
    this.#file = file
    this.#path = path
    this.#scan = scan
  }

  async write(chunk: Buffer): Promise<void> {
    try {
      await this.#file.writeFile(chunk)
    } catch (cause) {
      throw new SluiceError('scan-error', 'The file cannot be kept in the temporary folder for clamscan.', { cause })
    }
  }

  async finish(): Promise<EngineVerdict> {
    try {
      await this.#file.close()
      return await this.#scan(this.#abort.signal)
    } finally {
      await this.#remove()
    }
  }

  abort(): void {
    this.#abort.abort()
    void this.#remove()
  }

  #remove(): Promise<void> {
    this.#removed ??= this.#file
      .close()
      .catch(() => {})
      .then(() => rm(this.#path, { force: true }))
      .catch(() => {})
    return this.#removed
  }
}

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/**
 * Believes clamscan only where exit status and output agree (clamscan(1): 0 nothing found, 1 found, 2 an error).
 * Throws `scan-error` or `scan-too-large` for everything else.
 */
export function parseClamscan(path: string, outcome: Outcome): EngineVerdict {
  const line = outcome.stdout.trimEnd()
  if (line.startsWith(`${path}: `) && !line.includes('\n')) {
    const answer = line.slice(path.length + 2)
    if (outcome.code === 0 && (answer === 'OK' || answer === 'Empty file')) return { verdict: 'OK', signature: null }
    const [, found] = /^([\x20-\x7e]{1,512}) FOUND$/.exec(answer) ?? []
    if (outcome.code === 1 && found !== undefined) return { verdict: 'INFECTED', signature: signatureName(found) }
  }
  const words = (outcome.stderr.trim() || line || 'nothing').slice(-300)
  throw new SluiceError('scan-error', `clamscan ended with status ${outcome.code} and said: ${words}`)
}

/** Runs to the end without a shell. Rejects when it cannot be started, is aborted or takes longer than `timeout` ms. */
function run(program: string, args: string[], timeout: number, signal?: AbortSignal): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const options = { timeout, killSignal: 'SIGKILL' as const, maxBuffer: 1024 * 1024, ...(signal ? { signal } : {}) }
  const child = execFile(program, args, options, (error, stdout, stderr) => {
    if (error !== null && (child.exitCode === null || error.name === 'AbortError')) {
      reject(
        signal?.aborted
          ? error
          : new SluiceError('scan-error', 'clamscan could not be run to its end.', { cause: error }),
      )
    } else resolve({ code: child.exitCode, stdout, stderr })
  })
  return promise
}

async function inPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name)
    if (
      folder !== '' &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return path
  }
  return null
}
