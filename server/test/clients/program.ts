/** Runs a client's program to its end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Task } from './suite.ts'

export interface ProgramOptions {
  /** What it reads. */
  input?: string
  env?: Readonly<Record<string, string>>
}

/** The environment of somebody who has no settings of his own. UTF-8, or names would be asked for as question marks. */
export function environment({ home }: Pick<Task, 'home'>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'dumb' }
}

/**
 * Runs it in the client's own folder; it ends with the test at the latest.
 * @returns what it printed, errors too
 * @throws Error with that when it does not end with 0
 */
export async function runProgram(
  task: Pick<Task, 'home' | 'local'>,
  command: string,
  args: readonly string[],
  { input = '', env = {} }: ProgramOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: task.local,
    env: { ...environment(task), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (output += part))
  }
  // A program that ends early leaves its input unread.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}:\n${output}`)
  return output
}
