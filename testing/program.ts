/** Starts one of our programs as its users do: as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  ended: Promise<Ended>
  stdout(): string
  stderr(): string
}

export interface ProgramOptions {
  cwd: string
  env: NodeJS.ProcessEnv
  /** What it reads; null leaves its standard input open and silent. */
  input: string | null
}

/** Starts it with pipes for everything; it ends with the test. @param entry a file that Node runs */
export function startProgram(entry: string, args: readonly string[], { cwd, env, input }: ProgramOptions): Running {
  const child = spawn(process.execPath, [entry, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part))
  // A program that ends early leaves its input unread.
  child.stdin.on('error', () => undefined)
  if (input !== null) child.stdin.end(input)
  const ended = closed.then(() => ({ code: child.exitCode, stdout, stderr }))
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}
