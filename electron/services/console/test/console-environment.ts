/**
 * Everything a console needs, for one test: a real server, a real agent with clamd, the program's core wired as the
 * program wires it, a fresh folder on this side, and somebody who answers questions and keeps the output.
 */
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ConsoleProgress, ConsoleQuestion } from '../../../../common/console.ts'
import { SluiceError } from '../../../../common/errors.ts'
import { settingsSchema, type ConnectRequest, type SettingsChanges, type Side } from '../../../../common/models.ts'
import { startClamd, type Clamd } from '../../../../testing/clamd.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../../../../testing/vsftpd.ts'
import { createCore, type Core, type CoreOptions } from '../../core.ts'
import { SettingsStore } from '../../settings.ts'
import { sessionStatus } from '../../status.ts'
import { createConsole } from '../index.ts'
import type { CommandEnd, ConsoleHost, ConsoleIo, ConsoleOutput } from '../types.ts'

/** What was written, asked and shown so far. */
export interface Recorder extends ConsoleIo {
  readonly outputs: ConsoleOutput[]
  readonly questions: ConsoleQuestion[]
  readonly progresses: ConsoleProgress[]
  /** All lines so far. */
  lines(): string[]
  /** All data objects so far. */
  data(): object[]
  /** Forgets all of that. */
  clear(): void
}

/** An `io` that keeps everything. @param answer what is typed to each question; absent: nobody is there to be asked */
export function recorder(answer?: (question: ConsoleQuestion) => string | Promise<string>): Recorder {
  const outputs: ConsoleOutput[] = []
  const questions: ConsoleQuestion[] = []
  const progresses: ConsoleProgress[] = []
  return {
    outputs,
    questions,
    progresses,
    interactive: answer !== undefined,
    write: (output) => void outputs.push(output),
    ask: async (question, signal) => {
      questions.push(question)
      signal.throwIfAborted()
      if (!answer) throw new SluiceError('needs-answer', `Nobody is here to answer "${question.text}".`)
      return answer(question)
    },
    progress: (progress) => {
      if (progress) progresses.push(progress)
    },
    lines: () => outputs.flatMap(({ lines }) => lines.map(({ text }) => text)),
    data: () => outputs.flatMap(({ data }) => data ?? []),
    clear: () => {
      for (const kept of [outputs, questions, progresses]) kept.length = 0
    },
  }
}

/** How one command line ended, and what it wrote. */
export interface Ran extends CommandEnd {
  lines: string[]
  data: object[]
  /** Questions it asked. */
  asked: string[]
}

export interface RunOptions {
  /** What is typed to each question, in order or by the question; absent: nobody is there to be asked. */
  answers?: readonly string[] | ((question: ConsoleQuestion) => string | Promise<string>)
  signal?: AbortSignal
  /** Told of each piece of output. */
  onOutput?: (output: ConsoleOutput) => void
}

export interface ConsoleWorld {
  /** Runs one line in a console of its own: session, folders and queue are the same in all of them. */
  run(line: string, o?: RunOptions): Promise<Ran>
  /** The same, with the output in the pieces it came in. */
  record(line: string, o?: RunOptions): Promise<{ end: Ran; outputs: readonly ConsoleOutput[] }>
  core: Core
  host: ConsoleHost
  server: Vsftpd
  clamd: Clamd | null
  /** A fresh folder on this computer; local names start here. */
  local: string
  /** Folders that were told to have changed, as "remote /pub". */
  changed: string[]
  /** How to log in to the server. */
  request: ConnectRequest
}

export interface ConsoleWorldOptions {
  vsftpd?: VsftpdOptions
  settings?: SettingsChanges
  /** Answers the core's own questions (certificates, conflicts); absent: nobody is there. */
  ask?: CoreOptions['ask']
  core?: Partial<CoreOptions>
  /** Stands in for vsftpd: a scripted server's address. */
  address?: { host: string; port: number }
  /** False: neither clamd nor an agent is started. Default true. */
  scanner?: boolean
  /** False: not logged in yet. Default true. */
  connected?: boolean
}

/** Builds the world; all of it ends with the test. */
export async function startConsoleWorld(o: ConsoleWorldOptions = {}): Promise<ConsoleWorld> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-console-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const local = join(base, 'local')
  mkdirSync(local)
  const server = await startVsftpd(o.vsftpd)
  onTestFinished(() => server.stop())
  const clamd = o.scanner === false ? null : await startClamd()
  if (clamd) onTestFinished(() => clamd.stop())
  const core = await createCore({
    dataFolder: base,
    journalFile: join(base, 'transfers.sqlite'),
    localFolder: local,
    settings: SettingsStore.inMemory(
      settingsSchema.parse({ agent: { mode: 'own', engine: 'clamd', clamd: clamd?.socket ?? '' }, ...o.settings }),
    ),
    forkAgent: (args, env) =>
      fork(clamd ? join(import.meta.dirname, '../../../../agent/main.ts') : '/nowhere', args, {
        env,
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    ask:
      o.ask ??
      (({ kind }) => Promise.reject(new SluiceError('needs-answer', `Nobody is here to answer about a ${kind}.`))),
    onSession: () => undefined,
    // Nobody comes to scan: nothing to wait for.
    ...(clamd ? {} : { scannerPatience: 50 }),
    ...o.core,
  })
  onTestFinished(() => core.dispose())
  while (clamd && core.gate.status().state !== 'ready')
    await new Promise<void>((resolve) => core.gate.onStatus(() => resolve()))
  const changed: string[] = []
  const at = o.address ?? server
  const tls = o.vsftpd?.tls ?? 'none'
  const request: ConnectRequest = {
    protocol: tls === 'explicit' ? 'ftpes' : tls === 'implicit' ? 'ftps' : 'ftp',
    host: at.host,
    port: at.port,
    user: server.user,
    password: server.password,
  }
  const host: ConsoleHost = {
    ...core,
    homeFolder: base,
    connect: (wanted) => core.session.connect(wanted),
    status: ({ signal }) => sessionStatus(core, { signal }),
    changed: (side: Side, path: string) => void changed.push(`${side} ${path}`),
    defaultProtocol: 'ftp',
    credentials: () => Promise.resolve(null),
    verbose: false,
  }
  if (o.connected !== false) await core.session.connect(request)
  return {
    run: async (line, options) => (await runLine(host, line, options)).end,
    record: (line, options) => runLine(host, line, options),
    core,
    host,
    server,
    clamd,
    local,
    changed,
    request,
  }
}

async function runLine(
  host: ConsoleHost,
  line: string,
  { answers, signal, onOutput }: RunOptions = {},
): Promise<{ end: Ran; outputs: readonly ConsoleOutput[] }> {
  let asked = 0
  const answer = (question: ConsoleQuestion): string | Promise<string> => {
    if (typeof answers === 'function') return answers(question)
    const text = answers?.[asked++]
    if (text === undefined) throw new Error(`Nobody expected the question "${question.text}".`)
    return text
  }
  const io = recorder(answers ? answer : undefined)
  if (onOutput) {
    const { write } = io
    io.write = (output) => {
      write(output)
      onOutput(output)
    }
  }
  const end = await createConsole(host, io).run(line, signal ?? new AbortController().signal)
  const ran = { ...end, lines: io.lines(), data: io.data(), asked: io.questions.map(({ text }) => text) }
  return { end: ran, outputs: io.outputs }
}
