/** YARA-X (WebAssembly) with the built-in rules: what speaks where there is no ClamAV. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { SluiceError } from '../../common/errors.ts'
import type { EngineStatus, EngineVerdict, ScanEngine, ScanSession } from '../engine.ts'
import { BLOCK, BUILT_IN_RULES, BUILT_IN_VERSION, OVERLAP } from '../rules/built-in-rules.ts'
import { YaraPool, type ScannedBlock } from './yara-pool.ts'

const FIRST_BLOCK = 64 * 1024
/** More threads than this only cost memory: a disk or a network feeds no more. */
const MAX_THREADS = 4

const packageSchema = z.object({ version: z.string() })

export class YaraEngine implements ScanEngine {
  readonly name = 'yara'
  readonly #pool: YaraPool
  readonly #version: string

  private constructor(pool: YaraPool, version: string) {
    this.#pool = pool
    this.#version = version
  }

  /**
   * Loads YARA-X and compiles the rules. Throws `agent-unavailable` when that fails.
   * @param entry the file that calls `runYaraWorker` when it runs as a worker
   */
  static async create(entry: URL): Promise<YaraEngine> {
    let module: WebAssembly.Module
    let version: string
    try {
      const require = createRequire(import.meta.url)
      const manifest = require.resolve('@virustotal/yara-x/package.json')
      version = packageSchema.parse(JSON.parse(await readFile(manifest, 'utf8'))).version
      // Compiled once here: each thread then only has to start it.
      module = await WebAssembly.compile(await readFile(join(dirname(manifest), 'pkg/yara_x_js_bg.wasm')))
    } catch (cause) {
      throw new SluiceError('agent-unavailable', 'YARA-X cannot be loaded: its package is missing or broken.', {
        cause,
      })
    }
    const size = Math.max(1, Math.min(MAX_THREADS, availableParallelism()))
    const pool = new YaraPool(entry, { role: 'yara-worker', module, rules: BUILT_IN_RULES }, size)
    await pool.warmUp()
    return new YaraEngine(pool, version)
  }

  status(): Promise<EngineStatus> {
    return Promise.resolve({
      engine: 'yara',
      engineVersion: `YARA-X ${this.#version}`,
      signatureVersion: BUILT_IN_VERSION,
      builtInRulesOnly: true,
      maxBytes: null,
    })
  }

  open(signal: AbortSignal): Promise<ScanSession> {
    signal.throwIfAborted()
    return Promise.resolve(new YaraSession((block, length) => this.#pool.scan(block, length)))
  }

  dispose(): Promise<void> {
    return this.#pool.dispose()
  }
}

/** Scans the first `length` bytes of a block, takes it over meanwhile, and gives it back. */
type ScanBlock = (block: Uint8Array<ArrayBuffer>, length: number) => Promise<ScannedBlock>

/**
 * Collects the body in blocks and has each scanned; the end of a block is the start of the next, so that a match across
 * the border is seen. One block is under way while the next is filled: two blocks of memory, whatever the body's size.
 */
export class YaraSession implements ScanSession {
  readonly #scan: ScanBlock
  #block = Buffer.allocUnsafeSlow(FIRST_BLOCK)
  #spare: Buffer<ArrayBuffer> | null = null
  #used = 0
  /** Bytes at the block's start that an earlier block held as well. */
  #repeated = 0
  #underWay: Promise<void> = Promise.resolve()
  #first: string | null = null
  #aborted = false

  constructor(scan: ScanBlock) {
    this.#scan = scan
  }

  async write(chunk: Buffer): Promise<void> {
    let at = 0
    while (at < chunk.length && this.#first === null && !this.#aborted) {
      if (this.#used === BLOCK) await this.#next()
      this.#grow(this.#used + chunk.length - at)
      const copied = chunk.copy(this.#block, this.#used, at)
      this.#used += copied
      at += copied
    }
  }

  async finish(): Promise<EngineVerdict> {
    await this.#underWay
    if (this.#first === null && this.#used > this.#repeated) {
      this.#hand(this.#block)
      await this.#underWay
    }
    return this.#first === null ? { verdict: 'OK', signature: null } : { verdict: 'INFECTED', signature: this.#first }
  }

  abort(): void {
    this.#aborted = true
  }

  /** Small files must not cost a whole block. */
  #grow(wanted: number): void {
    if (wanted <= this.#block.length || this.#block.length === BLOCK) return
    const size = Math.min(BLOCK, Math.max(wanted, this.#block.length * 4))
    const larger = Buffer.allocUnsafeSlow(size)
    this.#block.copy(larger, 0, 0, this.#used)
    this.#block = larger
  }

  /** Hands the full block over and begins the next with its end. */
  async #next(): Promise<void> {
    await this.#underWay
    const full = this.#block
    this.#block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK)
    this.#spare = null
    full.copy(this.#block, 0, BLOCK - OVERLAP)
    this.#hand(full)
    this.#used = OVERLAP
    this.#repeated = OVERLAP
  }

  #hand(block: Buffer<ArrayBuffer>): void {
    this.#underWay = this.#scan(block, this.#used).then(({ matches, block: back }) => {
      this.#first ??= matches[0] ?? null
      if (back.length === BLOCK) this.#spare = Buffer.from(back.buffer)
    })
    // Its failure is met by whoever awaits it next.
    this.#underWay.catch(() => {})
  }
}
