/** What one run is built of: settings from the flags, the core, the console on top of it, and who is asked. */
import { homedir } from 'node:os'
import type { ConsoleQuestion } from '../common/console.ts'
import { SluiceError } from '../common/errors.ts'
import { settingsSchema, type Settings } from '../common/models.ts'
import { createConsole, printable, type Console } from '../electron/services/console/index.ts'
import { createCore, type Core } from '../electron/services/core.ts'
import { createSessionLines } from '../electron/services/session-lines.ts'
import { SettingsStore } from '../electron/services/settings.ts'
import { sessionStatus } from '../electron/services/status.ts'
import { tellingWhy, type AgentProcesses } from '../electron/gate/index.ts'
import type { Plan } from './direct.ts'
import type { KeyboardStream } from './keyboard.ts'
import { LineEditor } from './line-editor.ts'
import type { CliOptions } from './options.ts'
import { Questions } from './questions.ts'
import type { OutputStream, Screen } from './screen.ts'
import { openSecrets } from './secrets.ts'

/** What the program has around it; the packaged app brings another way to start agents. */
export interface Surroundings {
  stdin: KeyboardStream & { isTTY?: boolean }
  stdout: OutputStream
  stderr: OutputStream
  env: Record<string, string | undefined>
  /** Absolute: where trusted certificates, the quarantine and the history lie. */
  dataFolder: string
  agents(verbose: boolean): AgentProcesses | Promise<AgentProcesses>
}

export interface Program {
  core: Core
  console: Console
  agents: AgentProcesses
  /** Null: nobody is there to be asked. */
  editor: LineEditor | null
  /** Whether a person types the commands, one after the other. */
  typing: boolean
  /** While true only trouble is shown: what runs is only the way to what was asked for. */
  preparing: boolean
}

export interface ProgramParts {
  options: CliOptions
  plan: Plan
  around: Surroundings
  screen: Screen
}

/**
 * Builds it; nothing is connected and no agent is started yet.
 * @throws SluiceError bad-argument for a password file that cannot be used, local-io for the data folder
 */
export async function buildProgram({ options, plan, around, screen }: ProgramParts): Promise<Program> {
  const editor = editorFor(options, around, screen)
  const typing = editor !== null && plan.command === null && options.commands.length === 0 && options.script === null
  const credentials = await openSecrets({
    user: options.user,
    passwordFile: options.passwordFile,
    netrcFile: options.netrcFile,
    fromAddresses: plan.passwords,
    env: around.env,
    warn: (text) => screen.tell('warn', text),
  })
  const settings = SettingsStore.inMemory(settingsFor(options, plan, editor !== null))
  const questions = new Questions({
    screen,
    ask: editor && ((text, signal) => editor.ask({ text, hidden: false }, signal)),
    insecure: options.insecure,
  })
  const agents = await around.agents(options.verbose)
  const sessionLine = createSessionLines()
  const { fingerprint, timeout } = options
  const core = await createCore({
    dataFolder: around.dataFolder,
    journalFile: ':memory:',
    localFolder: process.cwd(),
    settings,
    forkAgent: tellingWhy(agents.fork, (text) => screen.tell('bad', printable(text))),
    startAgent: false,
    ask: (question, signal) => questions.ask(question, signal),
    onSession: (state) => {
      const line = sessionLine(state)
      if (line && typing) screen.write({ lines: [line] })
    },
    ...(fingerprint === null ? {} : { onlyFingerprint: fingerprint }),
    ...(timeout === null ? {} : { timeouts: { connect: timeout, tls: timeout, reply: timeout, data: timeout } }),
  })
  if (!options.scan) core.gate.setPolicy({ upload: false, download: false })
  const host = {
    session: core.session,
    transfers: core.transfers,
    gate: core.gate,
    settings,
    folders: core.folders,
    log: core.log,
    homeFolder: homedir(),
    connect: core.session.connect.bind(core.session),
    status: (o: { signal: AbortSignal }) => sessionStatus(core, o),
    changed: () => undefined,
    defaultProtocol: options.protocol ?? ('ftpes' as const),
    credentials,
    verbose: options.verbose,
  }
  const console = createConsole(host, {
    interactive: editor !== null,
    write: (output) => (program.preparing ? screen.writeTrouble(output) : screen.write(output)),
    ask: (question, signal) => (editor ? editor.ask(question, signal) : refuseToAsk(question)),
    progress: (progress) => screen.progress(progress),
  })
  const program: Program = { core, console, agents, editor, typing, preparing: false }
  return program
}

/** Somebody can be asked where keys can be typed, and where the question can be seen. */
function editorFor(options: CliOptions, { stdin, stdout, stderr }: Surroundings, screen: Screen): LineEditor | null {
  const output = [stderr, stdout].find(({ isTTY }) => isTTY === true)
  if (stdin.isTTY !== true || output === undefined || options.script === '-') return null
  return new LineEditor({ input: stdin, output, screen })
}

function settingsFor(options: CliOptions, plan: Plan, answers: boolean): Settings {
  // Files that were named one by one for `put` need no question about each.
  const named = plan.command?.at(-1)?.startsWith('mput ') === true
  return settingsSchema.parse({
    transferType: options.type,
    dataMode: options.active ? 'active' : 'passive',
    confirmSeveral: answers && !named,
    conflict: options.conflict ?? 'ask',
    parallelTransfers: options.parallel,
    agent: options.agent,
  })
}

async function refuseToAsk({ text, hidden }: ConsoleQuestion): Promise<never> {
  const how = hidden
    ? 'Give the password by SLUICE_PASSWORD, --password-file or .netrc.'
    : /user/i.test(text)
      ? 'Give the name by --user, in the address, or by .netrc.'
      : 'Run it at a terminal, or say what is wanted in the command.'
  throw new SluiceError('needs-answer', `Nobody is there to answer “${text.trim()}”. ${how}`)
}
