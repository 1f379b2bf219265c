/** A few threads that scan blocks with YARA-X; a thread that hangs, fails or has grown is replaced. */
import { Worker } from 'node:worker_threads'
import { SluiceError } from '../../common/errors.ts'
import type { YaraAnswer, YaraTask, YaraWorkerData } from './yara-worker.ts'

/** ms for one block; at the usual speed it takes some ten */
const TASK_TIMEOUT = 60_000
const START_TIMEOUT = 30_000
/** A WebAssembly memory never shrinks: above this many bytes the thread is replaced. */
const MEMORY_LIMIT = 96 * 1024 * 1024
/** Every scan call leaves about 100 KiB behind (YARA-X 1.20) that only the end of the thread frees. */
const TASK_LIMIT = 200

export interface ScannedBlock {
  /** Names of the rules that matched. */
  matches: string[]
  /** The block's memory, back from the thread. */
  block: Uint8Array<ArrayBuffer>
}

interface Task {
  block: Uint8Array<ArrayBuffer>
  length: number
  resolve(scanned: ScannedBlock): void
  reject(error: unknown): void
}

export class YaraPool {
  readonly #start: () => Promise<YaraThread>
  readonly #size: number
  readonly #idle: YaraThread[] = []
  readonly #threads = new Set<YaraThread>()
  readonly #queue: Task[] = []
  #starting = 0
  #disposed = false

  /** @param entry the file that calls `runYaraWorker` when it runs as a worker */
  constructor(entry: URL, data: YaraWorkerData, size: number) {
    this.#start = () => YaraThread.start(entry, data)
    this.#size = size
  }

  /** Starts the first thread, so that broken rules or a missing module show at once. Throws `agent-unavailable`. */
  async warmUp(): Promise<void> {
    const thread = await this.#start()
    this.#threads.add(thread)
    this.#idle.push(thread)
  }

  /** Scans the first `length` bytes of a block. Its memory goes to the thread: only what comes back may be used. */
  scan(block: Uint8Array<ArrayBuffer>, length: number): Promise<ScannedBlock> {
    const { promise, resolve, reject } = Promise.withResolvers<ScannedBlock>()
    if (this.#disposed) reject(new SluiceError('agent-unavailable', 'The agent is ending.'))
    else this.#queue.push({ block, length, resolve, reject })
    this.#next()
    return promise
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop()
      // One that died while it had nothing to do would never answer.
      if (thread?.worn === true) {
        void this.#retire(thread)
        continue
      }
      if (thread === undefined) {
        if (this.#threads.size + this.#starting < this.#size) void this.#add()
        return
      }
      const task = this.#queue.shift()
      if (task !== undefined) void this.#run(thread, task)
    }
  }

  async #add(): Promise<void> {
    this.#starting++
    try {
      const thread = await this.#start()
      this.#threads.add(thread)
      this.#idle.push(thread)
      if (this.#disposed) await this.#retire(thread)
    } catch (error) {
      // Without any thread nobody else would ever answer those who wait.
      if (this.#threads.size === 0) for (const task of this.#queue.splice(0)) task.reject(error)
    } finally {
      this.#starting--
    }
    this.#next()
  }

  async #run(thread: YaraThread, task: Task): Promise<void> {
    try {
      task.resolve(await thread.scan(task.block, task.length))
    } catch (error) {
      task.reject(error)
    }
    if (thread.worn) await this.#retire(thread)
    else this.#idle.push(thread)
    this.#next()
  }

  async #retire(thread: YaraThread): Promise<void> {
    this.#threads.delete(thread)
    await thread.end()
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    const gone = new SluiceError('agent-unavailable', 'The agent is ending.')
    for (const task of this.#queue.splice(0)) task.reject(gone)
    await Promise.all([...this.#threads].map((thread) => this.#retire(thread)))
  }
}

class YaraThread {
  readonly #worker: Worker
  #running: { id: number; settle: (answer: YaraAnswer) => void } | null = null
  #count = 0
  /** True when this thread must not be used again. */
  worn = false

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: YaraAnswer) => this.#running?.settle(answer))
    worker.on('error', (error) => this.#fail(error.message))
    worker.on('exit', () => this.#fail('its thread ended'))
  }

  static async start(entry: URL, data: YaraWorkerData): Promise<YaraThread> {
    // The agent's own arguments and token are none of the thread's business.
    const thread = new YaraThread(new Worker(entry, { workerData: data, argv: [], env: {} }))
    const answer = await thread.#wait(0, START_TIMEOUT)
    if (answer.type === 'ready') return thread
    await thread.end()
    const reason = answer.type === 'failed' ? answer.message : 'it answered nonsense'
    throw new SluiceError('agent-unavailable', `YARA-X could not be started: ${reason}`)
  }

  async scan(block: Uint8Array<ArrayBuffer>, length: number): Promise<ScannedBlock> {
    const id = ++this.#count
    const task: YaraTask = { id, block, length }
    const waiting = this.#wait(id, TASK_TIMEOUT)
    this.#worker.postMessage(task, [block.buffer])
    const answer = await waiting
    if (answer.type !== 'scanned' || answer.id !== id) {
      this.worn = true
      throw new SluiceError(
        'scan-error',
        `YARA-X failed: ${answer.type === 'failed' ? answer.message : 'wrong answer'}`,
      )
    }
    if (answer.memory > MEMORY_LIMIT || id >= TASK_LIMIT) this.worn = true
    return { matches: answer.matches, block: answer.block }
  }

  async #wait(id: number, timeout: number): Promise<YaraAnswer> {
    const { promise, resolve } = Promise.withResolvers<YaraAnswer>()
    const timer = setTimeout(() => this.#fail(`no answer within ${timeout / 1000} s`), timeout)
    this.#running = { id, settle: resolve }
    const answer = await promise
    clearTimeout(timer)
    this.#running = null
    return answer
  }

  #fail(message: string): void {
    this.worn = true
    this.#running?.settle({ type: 'failed', id: this.#running.id, message })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
