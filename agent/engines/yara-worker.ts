/** The thread that YARA-X runs in: a block comes in, the names of the rules that match it go out. */
import { parentPort, workerData } from 'node:worker_threads'
import { initSync, Compiler, type Rules } from '@virustotal/yara-x'
import { z } from 'zod'

/** Marks the worker among what may run the agent's entry file. */
export interface YaraWorkerData {
  role: 'yara-worker'
  module: WebAssembly.Module
  rules: string
}

export interface YaraTask {
  id: number
  block: Uint8Array<ArrayBuffer>
  length: number
}

export type YaraAnswer =
  | { type: 'ready' }
  /** `memory`: bytes of the WebAssembly memory, which never shrinks. */
  | { type: 'scanned'; id: number; matches: string[]; block: Uint8Array<ArrayBuffer>; memory: number }
  | { type: 'failed'; id: number; message: string }

const scanResultSchema = z.object({
  valid: z.literal(true),
  matches: z.array(z.object({ identifier: z.string().min(1) })),
})

export function isYaraWorkerData(data: unknown): data is YaraWorkerData {
  return typeof data === 'object' && data !== null && 'role' in data && data.role === 'yara-worker'
}

/** Serves scan tasks until the thread is ended. Called by the agent's entry file when it runs as this worker. */
export function runYaraWorker(): void {
  const port = parentPort
  if (port === null || !isYaraWorkerData(workerData)) throw new Error('This file runs as a worker of the agent only.')
  const { memory } = initSync({ module: workerData.module })
  const rules = compileRules(workerData.rules)
  const answer = (message: YaraAnswer, give: ArrayBuffer[] = []): void => port.postMessage(message, give)
  port.on('message', ({ id, block, length }: YaraTask) => {
    try {
      const result = scanResultSchema.parse(rules.scan(block.subarray(0, length)))
      const matches = result.matches.map((match) => match.identifier)
      answer({ type: 'scanned', id, matches, block, memory: memory.buffer.byteLength }, [block.buffer])
    } catch (error) {
      answer({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    }
  })
  answer({ type: 'ready' })
}

/** Throws with YARA's own words when a rule is wrong. */
function compileRules(source: string): Rules {
  const compiler = new Compiler()
  try {
    compiler.addSource(source)
    return compiler.build()
  } finally {
    compiler.free()
  }
}
