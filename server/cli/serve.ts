/** `sluice-server serve`: builds everything, serves until it is told to stop, and puts everything in order. */
import { constants } from 'node:os'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ScannerStatus, Settings } from '../../common/models.ts'
import type { NewAccount, ShareConfig } from '../../common/share.ts'
import { AgentSupervisor, createGate, tellingWhy, type ScanGate } from '../../electron/gate/index.ts'
import type { ShareDatabase } from '../audit/types.ts'
import { openShareDatabase } from '../database/index.ts'
import { startShare, type RunningShare } from '../running-share.ts'
import { applyFlags, readConfig } from './config.ts'
import { EXIT_CODES, SIGNAL_CODE } from './exit-codes.ts'
import { showFirstAccount } from './first-password.ts'
import type { CommandLine } from './flags.ts'
import type { Surroundings } from './index.ts'
import { auditLine, createLog, type Log } from './log.ts'
import {
  agentOf,
  DATABASE_VARIABLE,
  parseQuickUser,
  placesOf,
  quickAccounts,
  type Places,
  type QuickUser,
} from './options.ts'
import { passwordSource } from './passwords.ts'
import { oneOf, parseNumber } from './values.ts'

const GRACE_SECONDS = 30
/** ms: a terminal and whoever started us both pass one Ctrl-C on; only a later one is a second. */
const SAME_SIGNAL = 300

/** @throws SluiceError what keeps it from serving */
export async function serve(line: CommandLine, around: Surroundings): Promise<number> {
  const { env, stdout, stderr } = around
  const config = applyFlags(await readConfig(line), line)
  const form = oneOf('log', line.value('log') ?? 'text', ['text', 'json'])
  const grace = parseNumber('grace', line.value('grace') ?? String(GRACE_SECONDS), 0, 86_400) * 1000
  const agent = agentOf(line)
  const places = placesOf(line, env)
  const users = line.values('user').map(parseQuickUser)
  const log = createLog(stdout, form)
  warn(line, users, config, (text) => {
    stderr.write(`sluice-server: ${text}\n`)
    // Whoever reads text sees both.
    if (form === 'json') log({ level: 'warn', event: 'warning', message: text })
  })
  const passwords = passwordSource({
    file: line.value('password-file'),
    env,
    input: around.stdin,
    output: around.stderr,
  })
  const accounts = await quickAccounts(users, config.root, passwords)

  try {
    return await serveUntilStopped({ line, around, config, form, grace, agent, places, log, accounts })
  } catch (error) {
    // Whoever keeps the log looks there for why it ended.
    if (form === 'json') log({ level: 'error', event: 'failed', message: toErrorData(error).message })
    throw error
  }
}

interface Serving {
  line: CommandLine
  around: Surroundings
  config: ShareConfig
  form: 'text' | 'json'
  /** ms */
  grace: number
  agent: Settings['agent']
  places: Places
  log: Log
  accounts: readonly NewAccount[]
}

async function serveUntilStopped(serving: Serving): Promise<number> {
  const { line, around, config, places, log } = serving
  await using ending = new AsyncDisposableStack()
  const { stopping, stop } = stopRequest(ending)
  const database = await openShareDatabase(places.database)
  ending.defer(() => database.close())
  for (const account of serving.accounts) await database.accounts.add(account)
  const gate = createGate({ quarantineFolder: places.quarantineFolder })
  ending.defer(() => gate.dispose())
  if (config.scan) await startAgent(gate, serving.agent, line, around, log, ending)
  const share = await start({ config, database, gate, places, log, verbose: line.has('verbose') })
  ending.defer(() => share.stop(0))
  const onHangUp = (): void => {
    // A terminal that is closed takes what was started in it along; where there is none, the signal asks to look again.
    if (around.stdin.isTTY) stop('SIGHUP')
    else void share.reloadCertificate()
  }
  if (process.platform !== 'win32') process.on('SIGHUP', onHangUp)
  ending.defer(() => void process.off('SIGHUP', onHangUp))
  await tellStart(share, serving.form, places, around, log)

  const signal = await stopping
  log({
    level: 'info',
    event: 'stopping',
    message: 'Transfers may finish.',
    signal,
    transfers: share.status().transfers,
  })
  await share.stop(serving.grace)
  log({ level: 'info', event: 'stopped' })
  return EXIT_CODES.ok.code
}

/** What somebody should know who may not have meant it. */
function warn(line: CommandLine, users: readonly QuickUser[], config: ShareConfig, tell: (text: string) => void): void {
  for (const user of users) {
    if (user.password === null) continue
    // Where the system can, the list of processes then shows this instead of the command line.
    process.title = 'sluice-server'
    tell(`The password of ${user.name} stands in the command line, where every user of this computer can see it.`)
  }
  if (/^mysql:\/\/[^/@]*:[^/]*@/.test(line.value('db') ?? '')) {
    tell(`The password of the database stands in the command line: give the database by ${DATABASE_VARIABLE} instead.`)
  }
  if (process.getuid?.() === 0) {
    tell('It runs as root: whoever breaks into it owns this computer. Give it a user of its own.')
  }
  if (!config.scan) tell('UPLOADS ARE NOT SCANNED: whatever clients bring gets its name and goes on to others.')
  if (config.tls.mode !== 'required') {
    tell('Clients may log in WITHOUT TLS: whoever is on the way can read passwords and files, and change them.')
  }
  if (config.anonymous.enabled) tell(`Everybody may read ${config.anonymous.root}, without an account.`)
}

/** Resolves with the first signal to stop; the second ends the process at once, and its agent with it. */
function stopRequest(ending: AsyncDisposableStack): { stopping: Promise<string>; stop(signal: string): void } {
  const { promise: stopping, resolve: stop } = Promise.withResolvers<string>()
  let first: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const onSignal = (): void => {
      const now = performance.now()
      if (first !== null && now - first > SAME_SIGNAL) process.exit(SIGNAL_CODE + constants.signals[signal])
      first ??= now
      stop(signal)
    }
    process.on(signal, onSignal)
    ending.defer(() => void process.off(signal, onSignal))
  }
  return { stopping, stop }
}

async function startAgent(
  gate: ScanGate,
  settings: Settings['agent'],
  line: CommandLine,
  around: Surroundings,
  log: Log,
  ending: AsyncDisposableStack,
): Promise<void> {
  let last = ''
  const tell = (status: ScannerStatus): void => {
    const entry = scannerLine(status)
    if (entry === null || JSON.stringify(entry) === last) return
    last = JSON.stringify(entry)
    log(entry)
  }
  const unwatch = gate.onStatus(tell)
  const agents = await around.agents(line.has('verbose'))
  const fork = tellingWhy(agents.fork, (text) => log({ level: 'error', event: 'agent', message: text }))
  const supervisor = new AgentSupervisor(gate, fork, settings)
  supervisor.start()
  ending.defer(async () => {
    unwatch()
    supervisor.dispose()
    await agents.ended()
  })
}

function scannerLine(status: ScannerStatus): Parameters<Log>[0] | null {
  if (status.state === 'starting') return null
  if (status.state === 'unavailable') {
    return { level: 'error', event: 'scanner', state: status.state, message: status.error.message }
  }
  return { level: 'info', event: 'scanner', state: status.state, engine: status.engine }
}

interface Start {
  config: ShareConfig
  database: ShareDatabase
  gate: ScanGate
  places: Places
  log: Log
  verbose: boolean
}

async function start({ config, database, gate, places, log, verbose }: Start): Promise<RunningShare> {
  const { audit } = database
  return startShare({
    config,
    gate,
    dataFolder: places.dataFolder,
    database: {
      accounts: database.accounts,
      close: () => database.close(),
      audit: {
        add: (entry) => {
          log(auditLine(entry), 'soon')
          audit.add(entry)
        },
        flush: () => audit.flush(),
        page: (page) => audit.page(page),
        all: (filter) => audit.all(filter),
        clear: (filter, by) => audit.clear(filter, by),
        configure: (rules) => audit.configure(rules),
        onChange: (callback) => audit.onChange(callback),
        onProblem: (callback) => audit.onProblem(callback),
      },
    },
    onProblem: (message) => log({ level: 'error', event: 'problem', message }),
    onCertificate: (fingerprint) => log({ level: 'info', event: 'certificate', fingerprint }),
    ...(verbose
      ? {
          onLine: (session, direction, text) =>
            log({ level: 'debug', event: direction === 'in' ? 'command' : 'reply', session, message: text }),
        }
      : {}),
  })
}

async function tellStart(
  share: RunningShare,
  form: 'text' | 'json',
  places: Places,
  around: Surroundings,
  log: Log,
): Promise<void> {
  const { addresses, fingerprint, tlsRequired, scan } = share.status()
  if (addresses.length === 0) throw new SluiceError('internal', 'The server listens nowhere.')
  for (const { url, reach, implicit } of addresses) log({ level: 'info', event: 'listening', url, reach, implicit })
  if (fingerprint !== null) log({ level: 'info', event: 'certificate', fingerprint })
  if (share.firstAccount !== null) await showFirstAccount(share.firstAccount, form, places.dataFolder, around, log)
  const root = share.config.root === '' ? null : share.config.root
  log({ level: 'info', event: 'ready', root, tlsRequired, scan, pid: process.pid })
}
