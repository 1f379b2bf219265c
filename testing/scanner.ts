/** A real agent over a real clamd, and a gate that knows them; all ends with the test. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { agentReadySchema } from '../common/agent-api.ts'
import { createGate, type ScanGate } from '../electron/gate/index.ts'
import { startClamd, type Clamd, type ClamdOptions } from './clamd.ts'

export interface Scanner {
  gate: ScanGate
  clamd: Clamd
  agent: ChildProcess
  quarantineFolder: string
  /** Starts the agent anew after it was killed, as the app's supervisor would. */
  restart(): Promise<void>
}

export async function startScanner(options: ClamdOptions = {}): Promise<Scanner> {
  const quarantineFolder = mkdtempSync(join(tmpdir(), 'sluice-quarantine-'))
  onTestFinished(() => rmSync(quarantineFolder, { recursive: true, force: true }))
  const clamd = await startClamd(options)
  onTestFinished(() => clamd.stop())
  const gate = createGate({ quarantineFolder, patience: 500 })
  onTestFinished(() => gate.dispose())
  const start = async (): Promise<ChildProcess> => {
    const token = randomBytes(32).toString('hex')
    const agent = fork(
      join(import.meta.dirname, '../agent/main.ts'),
      ['--listen', '127.0.0.1:0', '--engine', 'clamd', '--clamd', clamd.socket],
      { env: { ...process.env, SLUICE_AGENT_TOKEN: token }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    )
    onTestFinished(() => void agent.kill('SIGKILL'))
    const ended = once(agent, 'exit').then(([code]) => {
      throw new Error(`The agent ended at its start (${String(code)}).`)
    })
    const [message] = await Promise.race([once(agent, 'message'), ended])
    ended.catch(() => undefined)
    const { port } = agentReadySchema.parse(message)
    gate.useAgent({ url: `http://127.0.0.1:${port}`, token })
    while (gate.status().state !== 'ready') await new Promise<void>((resolve) => gate.onStatus(() => resolve()))
    return agent
  }
  const scanner: Scanner = {
    gate,
    clamd,
    agent: await start(),
    quarantineFolder,
    restart: async () => {
      scanner.agent = await start()
    },
  }
  return scanner
}
