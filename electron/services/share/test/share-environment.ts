/** The share as the app wires it, with the real server in a process of its own; all ends with the test. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { settingsSchema, type QuestionBody, type Settings } from '../../../../common/models.ts'
import { shareConfigSchema, type ShareConfig, type ShareStatus } from '../../../../common/share.ts'
import { agentProcesses } from '../../../gate/index.ts'
import { createCore, type Core } from '../../core.ts'
import { SettingsStore } from '../../settings.ts'
import { ShareService, type ShareAppEvent } from '../share-service.ts'
import type { FileDialogs, ForkServer } from '../types.ts'

const repository = resolve(import.meta.dirname, '../../../..')

type StatusIn<S extends ShareStatus['state']> = ShareStatus & { state: S }

export interface StartedServer {
  /** At once and without a word. */
  kill(): void
  /** It hangs from now on. */
  pause(): void
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

export interface ShareWorld {
  share: ShareService
  core: Core
  dataFolder: string
  /** A folder to share. */
  root: string
  /** Every server process started so far. */
  processes: StartedServer[]
  events: ShareAppEvent[]
  /** What the person was asked. */
  questions: QuestionBody[]
  quarantined: () => number
  dialogs: { answer: string | null }
  /** Waits for a state of the share. */
  until<S extends ShareStatus['state']>(state: S): Promise<StatusIn<S>>
}

export interface ShareWorldOptions {
  agent?: Settings['agent']
  /** Absent: no agent. */
  startAgent?: boolean
}

export async function startShareWorld(o: ShareWorldOptions = {}): Promise<ShareWorld> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-share-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }))
  const dataFolder = join(base, 'data')
  const root = join(base, 'shared')
  for (const folder of [dataFolder, root]) mkdirSync(folder)
  const processes: StartedServer[] = []
  const forkServer: ForkServer = () => {
    const child = fork(join(repository, 'server/main.ts'), ['--managed'], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? '')
    processes.push({ kill: () => void child.kill('SIGKILL'), pause: () => void child.kill('SIGSTOP'), ended })
    onTestFinished(() => void child.kill('SIGKILL'))
    return {
      get pid() {
        return child.pid
      },
      on: (event, listener) => child.on(event, listener),
      once: (event, listener) => child.once(event, (code) => listener(code ?? 1)),
      postMessage: (message) => void child.send(message),
      kill: () => child.kill(),
    }
  }
  const agents = agentProcesses(join(repository, 'agent/main.ts'), false)
  const questions: QuestionBody[] = []
  const events: ShareAppEvent[] = []
  const core = await createCore({
    dataFolder,
    journalFile: ':memory:',
    localFolder: base,
    settings: SettingsStore.inMemory(settingsSchema.parse(o.agent ? { agent: o.agent } : {})),
    forkAgent: agents.fork,
    startAgent: o.startAgent ?? false,
    ask: (question) => {
      questions.push(question)
      return Promise.reject(new Error('Nobody is there to answer.'))
    },
    onSession: () => undefined,
  })
  onTestFinished(async () => {
    await core.dispose()
    await agents.ended()
  })
  const dialogs = { answer: null as string | null }
  const files: FileDialogs = { chooseFolder: async () => dialogs.answer, chooseNewFile: async () => dialogs.answer }
  const waiting = new Set<() => void>()
  let quarantined = 0
  const share = await ShareService.open({
    dataFolder,
    quarantineFolder: core.quarantineFolder,
    fork: forkServer,
    dialogs: files,
    connect: (request) => core.session.connect(request),
    trust: (host, port, fingerprint) => core.certificates.trust(host, port, fingerprint),
    onQuarantined: () => void quarantined++,
    emit: (event) => {
      events.push(event)
      for (const look of waiting) look()
    },
  })
  onTestFinished(() => share.dispose(0))
  core.onAgent((address) => share.useAgent(address))
  return {
    share,
    core,
    dataFolder,
    root,
    processes,
    events,
    questions,
    dialogs,
    quarantined: () => quarantined,
    until: (state) =>
      new Promise((found) => {
        const look = (): void => {
          const { status } = share.state()
          if (status.state !== state) return
          waiting.delete(look)
          // Compared in the line above; the compiler does not narrow by a type parameter.
          found(status as StatusIn<typeof state>)
        }
        waiting.add(look)
        look()
      }),
  }
}

/** The safe values on a free port. */
export function configFor(root: string, changes: Partial<ShareConfig> = {}): ShareConfig {
  return { ...shareConfigSchema.parse({ root, port: 0 }), ...changes }
}

/** The port of the share's explicit TLS. */
export function portOf(status: ShareStatus): number {
  const port = status.state === 'running' ? status.addresses.find(({ implicit }) => !implicit)?.port : undefined
  if (port === undefined) throw new Error(`The share is ${status.state}.`)
  return port
}
