/** ClamAV's daemon, by INSTREAM (clamd(8)). */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { SluiceError } from '../../common/errors.ts'
import { formatClamdAddress, type ClamdAddress } from '../clamd-address.ts'
import { findClamdConfig, limitsFromConfig, UNKNOWN_LIMITS, type ClamdLimits } from '../clamd-config.ts'
import { askClamd, connectClamd, ReplyReader } from '../clamd-connection.ts'
import type { EngineStatus, EngineVerdict, ScanEngine, ScanSession } from '../engine.ts'
import { loadedSignatures, readSignatureFolder, unseenSignatures } from '../signature-folder.ts'

/** All in ms. */
export interface ClamdTimeouts {
  connect: number
  /** clamd takes no bytes for this long */
  stall: number
  /** from the last byte to the verdict */
  verdict: number
}

const DEFAULT_TIMEOUTS: ClamdTimeouts = { connect: 5000, stall: 60_000, verdict: 270_000 }
/** ms for which a look at clamd's version and signatures is good */
const STATUS_LIFETIME = 1000
/** ms for the rest of an answer that began too early */
const EARLY_ANSWER = 500

export class ClamdEngine implements ScanEngine {
  readonly name = 'clamd'
  readonly #address: ClamdAddress
  readonly #givenConfig: string | null
  /** Looked for once: it means to read the command line of every process. */
  #configFile: Promise<string | null> | null
  readonly #timeouts: ClamdTimeouts
  #status: { promise: Promise<EngineStatus>; at: number } | null = null
  #limits: ClamdLimits = UNKNOWN_LIMITS

  /** @param configFile clamd's configuration; null to find it (see findClamdConfig). */
  constructor(address: ClamdAddress, configFile: string | null, timeouts: Partial<ClamdTimeouts> = {}) {
    this.#address = address
    this.#givenConfig = configFile
    this.#configFile = configFile === null ? null : Promise.resolve(configFile)
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...timeouts }
  }

  /** Where the engine is and what it was found to allow; for the start message. */
  get description(): string {
    const note = this.#limits.alertsOnLimits ? '' : '; AlertExceedsMax is off there: it skips parts of big archives'
    return `clamd at ${formatClamdAddress(this.#address)}${note}`
  }

  status(): Promise<EngineStatus> {
    const now = performance.now()
    if (this.#status === null || now - this.#status.at > STATUS_LIFETIME) {
      const promise = this.#look()
      this.#status = { promise, at: now }
      // A failure is not kept: the next question asks anew.
      promise.catch(() => {
        if (this.#status?.promise === promise) this.#status = null
      })
    }
    return this.#status.promise
  }

  async #look(): Promise<EngineStatus> {
    const reply = await askClamd(this.#address, 'VERSION', this.#timeouts.connect)
    const [, version, database] = /^ClamAV ([^/\0]+)(?:\/(\d+)\/.*)?$/.exec(reply) ?? []
    if (version === undefined) {
      const message = `What answers at ${formatClamdAddress(this.#address)} is not a clamd.`
      throw new SluiceError('agent-unavailable', message)
    }
    this.#limits = await this.#readLimits(version)
    return {
      engine: 'clamd',
      engineVersion: `ClamAV ${version}`,
      signatureVersion: `${database ?? 'custom'}+${await this.#signatures(this.#limits)}`,
      builtInRulesOnly: false,
      maxBytes: this.#limits.maxBytes,
    }
  }

  /** Read each time: limits may change with a restart. What cannot be read (any more) counts as the cautious limits. */
  async #readLimits(version: string): Promise<ClamdLimits> {
    this.#configFile ??= findClamdConfig(this.#address)
    const file = await this.#configFile
    const text = file === null ? null : await readFile(file, 'utf8').catch(() => null)
    return text === null ? UNKNOWN_LIMITS : limitsFromConfig(text, version)
  }

  /** VERSION counts only the official daily set, and says nothing at all without one: the folder tells of the rest. */
  async #signatures(limits: ClamdLimits): Promise<string> {
    const folder = limits.databaseFolder
    const state = folder === null ? null : await readSignatureFolder(folder).catch(() => null)
    return state === null ? unseenSignatures(Date.now()) : loadedSignatures(state, limits.selfCheck, Date.now())
  }

  async open(signal: AbortSignal): Promise<ScanSession> {
    // A clamd that fails is looked at anew by the next question: its state must not look good for one second longer.
    const forget = (): void => {
      this.#status = null
      if (this.#givenConfig === null) this.#configFile = null
    }
    try {
      const socket = await connectClamd(this.#address, this.#timeouts.connect, signal)
      return new ClamdSession(socket, this.#timeouts, this.#limits.maxScanTime, forget)
    } catch (error) {
      forget()
      throw error
    }
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

class ClamdSession implements ScanSession {
  readonly #socket: Socket
  readonly #reply: ReplyReader
  readonly #timeouts: ClamdTimeouts
  readonly #maxScanTime: number

  constructor(socket: Socket, timeouts: ClamdTimeouts, maxScanTime: number, onFailure: () => void) {
    this.#socket = socket
    this.#timeouts = timeouts
    this.#maxScanTime = maxScanTime
    this.#reply = new ReplyReader(socket)
    this.#reply.done.catch(onFailure)
    socket.write('zINSTREAM\0')
  }

  write(chunk: Buffer): void | Promise<void> {
    // A chunk of length 0 would be the end mark.
    if (chunk.length === 0) return
    if (this.#reply.started || this.#socket.closed || this.#socket.readableEnded) return this.#failEarly()
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32BE(chunk.length)
    this.#socket.cork()
    this.#socket.write(length)
    const room = this.#socket.write(chunk)
    this.#socket.uncork()
    if (!room) return this.#drained()
  }

  /** Waits for room; listeners of its own, as a promise raced for every chunk would pile up on the reply. */
  async #drained(): Promise<void> {
    const socket = this.#socket
    const { promise, resolve } = Promise.withResolvers<'room' | 'answered' | 'stalled'>()
    const room = (): void => resolve('room')
    const answered = (): void => resolve('answered')
    const timer = setTimeout(() => resolve('stalled'), this.#timeouts.stall)
    socket.once('drain', room).once('data', answered).once('close', answered)
    const outcome = await promise
    clearTimeout(timer)
    socket.off('drain', room).off('data', answered).off('close', answered)
    if (outcome === 'answered') await this.#failEarly()
    if (outcome === 'stalled') throw new SluiceError('scan-error', 'clamd takes no more bytes: it hangs.')
  }

  /** Settles only by rejecting: any answer before the end mark, also "OK", is a failed scan. */
  async #failEarly(): Promise<never> {
    // Its words are worth a moment; who never ends them is cut off, which rejects the reply.
    const timer = setTimeout(() => this.#socket.destroy(), EARLY_ANSWER)
    try {
      const reply = await this.#reply.done
      parseReply(reply)
      throw new SluiceError('scan-error', `clamd answered before it had the whole file: ${JSON.stringify(reply)}.`)
    } finally {
      clearTimeout(timer)
    }
  }

  async finish(): Promise<EngineVerdict> {
    if (this.#reply.started) return this.#failEarly()
    const from = performance.now()
    const { promise: tooLate, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(new SluiceError('scan-error', 'clamd gave no verdict in time.')),
      this.#timeouts.verdict,
    )
    try {
      this.#socket.write(Buffer.alloc(4))
      const verdict = parseReply(await Promise.race([this.#reply.done, tooLate]))
      if (verdict.verdict === 'OK' && performance.now() - from >= this.#maxScanTime) {
        throw new SluiceError('scan-error', 'clamd ran into its time limit (MaxScanTime) before the end of the file.')
      }
      return verdict
    } finally {
      clearTimeout(timer)
      this.#socket.destroy()
    }
  }

  abort(): void {
    this.#socket.destroy()
  }
}

/**
 * Reads clamd's answer to INSTREAM, exactly: only "stream: OK" is OK, only "stream: <signature> FOUND" is INFECTED.
 * Throws `scan-too-large` or `scan-error` for everything else.
 */
export function parseReply(reply: string): EngineVerdict {
  if (reply === 'stream: OK') return { verdict: 'OK', signature: null }
  const [, found] = /^stream: ([\x20-\x7e]{1,512}) FOUND$/.exec(reply) ?? []
  if (found !== undefined) return { verdict: 'INFECTED', signature: signatureName(found) }
  if (/size limit exceeded/i.test(reply)) {
    throw new SluiceError('scan-too-large', "The file is larger than clamd's StreamMaxLength allows.")
  }
  throw new SluiceError('scan-error', `clamd answered ${JSON.stringify(reply.slice(0, 200))} instead of a verdict.`)
}

/**
 * A signature's name as both ClamAV tools print it, without the "(md5:size)" that ExtendedDetectionInfo adds. Throws
 * `scan-error` for the pseudo-signatures of a scan that hit a limit ("(null)" in 0.105): the file was not read whole.
 */
export function signatureName(found: string): string {
  if (found.startsWith('Heuristics.Limits.Exceeded') || found === '(null)') {
    throw new SluiceError('scan-too-large', `ClamAV did not read the whole file: it is beyond a limit (${found}).`)
  }
  return found.replace(/\([0-9a-f]{32}:\d+\)$/, '')
}
