/** Starts the agent as its users do: as a process of its own. */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { agentReadySchema } from '../../common/agent-api.ts'

const entry = fileURLToPath(new URL('../main.ts', import.meta.url))
export const TOKEN = 'integration-test-token-0123456789abcdef'

export interface RunningAgent {
  url: string
  port: number
  child: ChildProcess
}

/** Forks the agent on loopback; it ends with the test. Rejects when it ends before it listens. */
export async function startAgent(args: readonly string[]): Promise<RunningAgent> {
  const env = { ...process.env, SLUICE_AGENT_TOKEN: TOKEN }
  const child = fork(entry, ['--listen', '127.0.0.1:0', ...args], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said += part.toString()))
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const ended = exited.then(() => Promise.reject(new Error(`The agent ended: ${said}`)))
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
  const { port } = agentReadySchema.parse(message)
  return { url: `http://127.0.0.1:${port}`, port, child }
}

/** Runs the agent by hand until it ends or prints its first line. */
export async function runAgent(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [entry, ...args], { env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  const first = Promise.withResolvers<void>()
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString()
    if (stdout.startsWith('Listening')) first.resolve()
  })
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const closed = once(child, 'close')
  await Promise.race([first.promise, closed])
  if (child.exitCode === null && stdout.startsWith('Listening')) child.kill('SIGTERM')
  await closed
  return { code: child.exitCode, stdout, stderr }
}

/** Posts a body for a scan; gives the parsed answer. */
export async function post(url: string, body: Buffer): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/v1/scans`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

export async function get(url: string, path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url + path, { headers: { Authorization: `Bearer ${TOKEN}` } })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
