/** Composition root: builds every service, hands each what it needs, opens the window. Nobody imports this file. */
import { join } from 'node:path'
import {
  app,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  protocol,
  utilityProcess,
  type BrowserWindow,
} from 'electron'
import { toErrorData } from '../common/errors.ts'
import { EVENT_CHANNEL, INVOKE_CHANNEL, type AppEvent } from '../common/ipc.ts'
import type { Settings } from '../common/models.ts'
import { createGate } from './gate/index.ts'
import { EventHub } from './ipc/event-hub.ts'
import { createHandlers } from './ipc/handlers.ts'
import { createRouter } from './ipc/router.ts'
import { AgentSupervisor, type ForkAgent } from './services/agent-supervisor.ts'
import { APP_ORIGIN, APP_SCHEME, createAppProtocol } from './services/app-protocol.ts'
import { Certificates } from './services/certificates.ts'
import { Connections } from './services/connections.ts'
import { ProtocolLog } from './services/protocol-log.ts'
import { Questions } from './services/questions.ts'
import { RecentConnections } from './services/recent.ts'
import { Session } from './services/session.ts'
import { SettingsStore } from './services/settings.ts'
import { applicationMenu } from './services/menu.ts'
import { orderlyQuit } from './services/shutdown.ts'
import { denyPermissions, hardenContents, openMainWindow } from './services/window.ts'
import { createTransfers } from './transfer/index.ts'

const folder = import.meta.dirname
const preload = join(folder, '../preload/index.cjs')

let window: BrowserWindow | null = null

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
])
hardenContents(app)

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.whenReady().then(start).catch(refuseToStart)
} else {
  app.quit()
}

const forkAgent: ForkAgent = (args, env) =>
  utilityProcess.fork(join(folder, 'agent.js'), args, { env, serviceName: 'Sluice scanning agent' })

async function start(): Promise<void> {
  const data = app.getPath('userData')
  const events = new EventHub(sendToWindow)
  const settings = await SettingsStore.open(join(data, 'settings.json'))
  const recent = await RecentConnections.open(join(data, 'recent.json'))
  const questions = new Questions({
    opened: (question) => events.emit({ type: 'question', question }),
    closed: (id) => events.emit({ type: 'question-closed', id }),
  })
  const certificates = await Certificates.open(join(data, 'certificates.json'), (question, signal) =>
    questions.ask(question, signal),
  )
  const log = new ProtocolLog((line) => events.emit({ type: 'protocol', lines: [line] }))
  const connections = new Connections({
    certificates,
    log,
    dataMode: () => settings.get().dataMode,
    parallel: () => settings.get().parallelTransfers,
  })
  const session = new Session(connections, (state) => events.emit({ type: 'session', session: state }))

  const gate = createGate({ quarantineFolder: join(data, 'quarantine') })
  gate.onStatus((status) => events.emit({ type: 'scanner', status }))
  gate.quarantine.onChange((items) => events.emit({ type: 'quarantine', items }))
  const supervisor = new AgentSupervisor(gate, forkAgent, settings.get().agent)
  supervisor.start()

  const transfers = createTransfers({
    journalFile: join(data, 'transfers.sqlite'),
    gate,
    pool: (endpoint) => connections.pool(endpoint),
    ask: (question, signal) => questions.ask(question, signal),
    parallel: settings.get().parallelTransfers,
  })
  transfers.onChange((change) => events.emit({ type: 'transfers', ...change }))
  transfers.onFolderChanged((side, path) => events.emit({ type: 'folder-changed', side, path }))

  settings.onChange((now, before) => {
    events.emit({ type: 'settings', settings: now })
    applyTheme(now)
    if (now.parallelTransfers !== before.parallelTransfers) {
      transfers.setParallel(now.parallelTransfers)
      connections.resize(now.parallelTransfers)
    }
    if (JSON.stringify(now.agent) !== JSON.stringify(before.agent)) supervisor.restart(now.agent)
  })
  applyTheme(settings.get())

  const handlers = createHandlers({
    info: {
      version: app.getVersion(),
      platform: process.platform,
      shell: process.versions.electron?.endsWith('-browser-shell') ? 'browser' : 'electron',
      homeFolder: app.getPath('home'),
    },
    events,
    settings,
    recent,
    session,
    transfers,
    questions,
    gate,
    supervisor,
    log,
    writeClipboard: (text) => clipboard.writeText(text),
  })
  ipcMain.handle(INVOKE_CHANNEL, createRouter(handlers, APP_ORIGIN))

  protocol.handle(APP_SCHEME, createAppProtocol(join(folder, '../renderer')))
  denyPermissions()
  Menu.setApplicationMenu(applicationMenu(process.platform))
  window = openMainWindow(preload, nativeTheme.shouldUseDarkColors)
  window.on('closed', () => {
    window = null
  })

  const end = async (): Promise<void> => {
    // Part files, temporary names on servers and the journal are put in order before the process goes.
    await Promise.allSettled([transfers.dispose(), session.disconnect()])
    try {
      await connections.dispose()
    } finally {
      supervisor.dispose()
      gate.dispose()
      events.dispose()
    }
  }
  app.on(
    'will-quit',
    orderlyQuit(end, () => app.quit()),
  )
}

/** Without this a disk that cannot be read would leave a process without a window and without a word. */
function refuseToStart(error: unknown): void {
  dialog.showErrorBox('Sluice cannot start', toErrorData(error).message)
  app.exit(1)
}

function applyTheme(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
}

function sendToWindow(batch: AppEvent[]): void {
  if (window && !window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, batch)
}
