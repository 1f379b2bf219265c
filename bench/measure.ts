/** Runs a program and tells what it cost: wall time, CPU time, peak memory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { peer } from '../testing/peers.ts'

export interface Cost {
  /** Wall time from start to end of the process, in seconds. */
  seconds: number
  /** CPU time in user and kernel mode together, in seconds. */
  cpu: number
  /** Peak resident memory, in bytes. */
  memory: number
}

const measured = z.object({
  seconds: z.number(),
  cpu: z.number(),
  memory: z.number(),
  code: z.int(),
  output: z.string(),
})

// Node cannot ask the kernel what one child has used; wait4 behind Python's `resource` can. The same few lines stand
// around every contestant, and their own time is not in the figures.
const WRAPPER = `
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
output = child.stdout.read()
code = child.wait()
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
json.dump({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024, "code": code,
           "output": output.decode("utf8", "replace")[-2000:]}, sys.stdout)
`

/**
 * Runs a command to its end. Asynchronous throughout: the servers' listeners live in this process.
 * @throws Error with the program's output when it fails
 */
export async function measure(command: readonly [string, ...string[]]): Promise<Cost> {
  const wrapper = spawn(peer('python'), ['-c', WRAPPER, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([text(wrapper.stdout), once(wrapper, 'exit')])
  const { code, output: said, ...cost } = measured.parse(JSON.parse(output))
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${said}`)
  return cost
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new Error('no values')
  return (upper + lower) / 2
}

/** Each quantity's own median. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map((cost) => cost.seconds)),
    cpu: median(costs.map((cost) => cost.cpu)),
    memory: median(costs.map((cost) => cost.memory)),
  }
}
