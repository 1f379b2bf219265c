/**
 * Which certificates the person trusts although they do not verify: pinned per host and port, for good ("always") or
 * for this run ("once").
 */
import { z } from 'zod'
import { isCancelled } from '../../common/errors.ts'
import type { CertificateInfo, QuestionAnswer } from '../../common/models.ts'
import { untilAborted } from '../../common/until-aborted.ts'
import { JsonFile } from './json-file.ts'

const fileSchema = z.record(z.string(), z.string())

type Ask = (
  question: { kind: 'certificate'; certificate: CertificateInfo; changed: boolean },
  signal: AbortSignal,
) => Promise<Extract<QuestionAnswer, { kind: 'certificate' }>>

export class Certificates {
  readonly #file: JsonFile<Record<string, string>>
  readonly #ask: Ask
  /** "host:port" -> fingerprint */
  readonly #pinned: Map<string, string>
  readonly #thisRun = new Map<string, string>()
  /** Several connections may meet the same certificate at once: one question serves them all. */
  readonly #asking = new Map<string, Promise<boolean>>()

  private constructor(file: JsonFile<Record<string, string>>, pinned: Map<string, string>, ask: Ask) {
    this.#file = file
    this.#pinned = pinned
    this.#ask = ask
  }

  /** @param path absolute path of the file the pins rest in */
  static async open(path: string, ask: Ask): Promise<Certificates> {
    const file = new JsonFile<Record<string, string>>(path, fileSchema, () => ({}))
    const { value } = await file.read()
    return new Certificates(file, new Map(Object.entries(value)), ask)
  }

  /** Fingerprints that need no question for this host and port. */
  pinsFor(host: string, port: number): string[] {
    const key = `${host}:${port}`
    return [this.#pinned.get(key), this.#thisRun.get(key)].filter((pin) => pin !== undefined)
  }

  /** Accepts a certificate without a question, for this run: that of a server of our own. */
  trust(host: string, port: number, fingerprint: string): void {
    this.#thisRun.set(`${host}:${port}`, fingerprint)
  }

  /**
   * Asks the person about a certificate that does not verify and is not pinned.
   * @returns whether to go on
   * @throws SluiceError cancelled or the signal's reason when `signal` aborts
   */
  async decide(certificate: CertificateInfo, signal: AbortSignal): Promise<boolean> {
    const { host, port, fingerprint } = certificate
    const key = `${host}:${port} ${fingerprint}`
    for (;;) {
      // Accepted after this connection was given its pins.
      if (this.pinsFor(host, port).includes(fingerprint)) return true
      const running = this.#asking.get(key)
      if (!running) break
      try {
        return await untilAborted(running, signal)
      } catch (error) {
        // Whoever asked gave up, and took the question along: that is no answer for this connection.
        if (signal.aborted || !isCancelled(error)) throw error
      }
    }
    const asking = this.#decide(certificate, signal).finally(() => this.#asking.delete(key))
    this.#asking.set(key, asking)
    return asking
  }

  async #decide(certificate: CertificateInfo, signal: AbortSignal): Promise<boolean> {
    const key = `${certificate.host}:${certificate.port}`
    const changed = this.#pinned.has(key)
    const { answer } = await this.#ask({ kind: 'certificate', certificate, changed }, signal)
    if (answer === 'no') return false
    this.#thisRun.set(key, certificate.fingerprint)
    if (answer === 'always') await this.#pin(key, certificate.fingerprint)
    return true
  }

  async #pin(key: string, fingerprint: string): Promise<void> {
    this.#pinned.set(key, fingerprint)
    // The app and the command line share the file: what the other one pinned meanwhile must stay.
    const { value } = await this.#file.read()
    for (const [other, pin] of Object.entries(value)) if (other !== key) this.#pinned.set(other, pin)
    await this.#file.write(Object.fromEntries(this.#pinned))
  }
}
