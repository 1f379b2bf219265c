import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { ScanGate } from './types.ts'
import { AgentSupervisor, type ForkAgent } from './agent-supervisor.ts'

/** A process that does what the test says; the real agent under a real supervisor runs in the end-to-end tests. */
class ScriptedProcess extends EventEmitter {
  killed = false
  kill(): boolean {
    this.killed = true
    return true
  }
}

const own = { mode: 'own', engine: 'auto', clamd: '' } as const

function supervise(settings: ConstructorParameters<typeof AgentSupervisor>[2] = own) {
  const started: { process: ScriptedProcess; args: string[]; token: string }[] = []
  const fork: ForkAgent = (args, env) => {
    const process = new ScriptedProcess()
    started.push({ process, args, token: env['SLUICE_AGENT_TOKEN'] ?? '' })
    return process
  }
  const useAgent = vi.fn<ScanGate['useAgent']>()
  const supervisor = new AgentSupervisor({ useAgent }, fork, settings)
  onTestFinished(() => supervisor.dispose())
  return { supervisor, started, useAgent }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the agent listens on loopback with a random token that is not in its arguments', () => {
  const { supervisor, started, useAgent } = supervise()
  supervisor.start()
  supervisor.restart()
  const [first, second] = started
  expect(first?.args).toEqual(['--listen', '127.0.0.1:0', '--engine', 'auto'])
  expect(first?.token).toMatch(/^[0-9a-f]{64}$/)
  expect(second?.token).not.toBe(first?.token)
  expect(first?.process.killed).toBe(true)
  second?.process.emit('message', { type: 'listening', port: 4711 })
  expect(useAgent).toHaveBeenLastCalledWith({ url: 'http://127.0.0.1:4711', token: second?.token })
})

test('the word of an agent that was replaced does not count', () => {
  const { supervisor, started, useAgent } = supervise()
  supervisor.start()
  supervisor.restart()
  useAgent.mockClear()
  started[0]?.process.emit('message', { type: 'listening', port: 4711 })
  started[1]?.process.emit('message', { type: 'nonsense' })
  expect(useAgent).not.toHaveBeenCalled()
})

test('an agent that dies is reported at once and started again with growing delays', () => {
  const { supervisor, started, useAgent } = supervise()
  supervisor.start()
  for (const [round, delay] of [200, 1000, 3000].entries()) {
    started[round]?.process.emit('exit', 9)
    expect(useAgent).toHaveBeenLastCalledWith(null, expect.objectContaining({ code: 'agent-unavailable' }))
    vi.advanceTimersByTime(delay - 1)
    expect(started).toHaveLength(round + 1)
    vi.advanceTimersByTime(1)
    expect(started).toHaveLength(round + 2)
  }
})

test('nothing is started after dispose', () => {
  const { supervisor, started } = supervise()
  supervisor.start()
  started[0]?.process.emit('exit', 9)
  supervisor.dispose()
  vi.advanceTimersByTime(60_000)
  expect(started).toHaveLength(1)
})

test('a clamd address is handed on', () => {
  const { supervisor, started } = supervise({ mode: 'own', engine: 'clamd', clamd: 'unix:/run/clamd.sock' })
  supervisor.start()
  expect(started[0]?.args.slice(2)).toEqual(['--engine', 'clamd', '--clamd', 'unix:/run/clamd.sock'])
})

test('an agent on another machine: the token is read from its file, a missing file is said plainly', async () => {
  vi.useRealTimers()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-supervisor-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const tokenFile = join(folder, 'token')
  const remote = { mode: 'remote', url: 'https://scanner.test:8443', tokenFile, certificateFile: '' } as const
  const { supervisor, started, useAgent } = supervise(remote)
  supervisor.start()
  await vi.waitFor(() => expect(useAgent).toHaveBeenCalled())
  expect(useAgent.mock.lastCall?.[1]?.message).toContain(tokenFile)
  await writeFile(tokenFile, `${'t'.repeat(40)}\n`)
  supervisor.restart()
  await vi.waitFor(() => expect(useAgent).toHaveBeenLastCalledWith({ url: remote.url, token: 't'.repeat(40) }))
  const certificateFile = join(folder, 'agent.pem')
  supervisor.restart({ ...remote, certificateFile })
  await vi.waitFor(() => expect(useAgent.mock.lastCall?.[1]?.message).toContain(certificateFile))
  await writeFile(certificateFile, 'PEM')
  supervisor.restart()
  const address = { url: remote.url, token: 't'.repeat(40), ca: 'PEM' }
  await vi.waitFor(() => expect(useAgent).toHaveBeenLastCalledWith(address))
  expect(started).toEqual([])
})

test('an agent that hangs at its start is ended, so that the next try begins', () => {
  const { supervisor, started, useAgent } = supervise()
  supervisor.start()
  vi.advanceTimersByTime(120_000)
  expect(started[0]?.process.killed).toBe(true)
  started[0]?.process.emit('exit', 15)
  expect(useAgent).toHaveBeenLastCalledWith(null, expect.objectContaining({ code: 'agent-unavailable' }))
  vi.advanceTimersByTime(1000)
  started[1]?.process.emit('message', { type: 'listening', port: 4711 })
  vi.advanceTimersByTime(600_000)
  expect(started).toHaveLength(2)
  expect(started[1]?.process.killed).toBe(false)
})
