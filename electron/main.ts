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
import type { ConnectRequest, SessionState, Settings } from '../common/models.ts'
import type { ForkAgent } from './gate/index.ts'
import { EventHub } from './ipc/event-hub.ts'
import { createHandlers } from './ipc/handlers.ts'
import { createRouter } from './ipc/router.ts'
import { APP_ORIGIN, APP_SCHEME, createAppProtocol } from './services/app-protocol.ts'
import { commandLineOf, runCommandLine } from './services/command-line.ts'
import { connectAndRemember, type ConnectDeps } from './services/connect.ts'
import { openConsolePanel } from './services/console-panel.ts'
import { createCore } from './services/core.ts'
import { Questions } from './services/questions.ts'
import { RecentConnections } from './services/recent.ts'
import { createSessionLines } from './services/session-lines.ts'
import { SettingsStore } from './services/settings.ts'
import { checkedActions, menuTemplate } from './services/menu.ts'
import { systemDialogs } from './services/share/dialogs.ts'
import { ShareService } from './services/share/share-service.ts'
import type { ForkServer } from './services/share/types.ts'
import { orderlyQuit } from './services/shutdown.ts'
import { sessionStatus } from './services/status.ts'
import { denyPermissions, hardenContents, openMainWindow } from './services/window.ts'

const folder = import.meta.dirname
const preload = join(folder, '../preload/index.cjs')

/** ms for transfers of the share when the app quits; the rest of it needs some seconds, too */
const QUIT_GRACE = 3_000

let window: BrowserWindow | null = null

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
])
hardenContents(app)

const commandLine = commandLineOf(process.argv)
if (commandLine !== null) {
  const { program, args } = commandLine
  // Loaded only then: a window does not wait for it.
  const run: Parameters<typeof runCommandLine>[2] = async (around) =>
    program === 'sluice'
      ? (await import('../cli/index.ts')).runCli(args, around)
      : (await import('../server/cli/index.ts')).runServerCli(args, around)
  void runCommandLine(program, join(folder, 'agent.js'), run)
} else if (app.requestSingleInstanceLock()) {
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

const forkServer: ForkServer = () =>
  utilityProcess.fork(join(folder, 'server.js'), ['--managed'], { serviceName: 'Sluice file server' })

async function start(): Promise<void> {
  const data = app.getPath('userData')
  const homeFolder = app.getPath('home')
  const events = new EventHub(sendToWindow)
  const settings = await SettingsStore.open(join(data, 'settings.json'))
  const recent = await RecentConnections.open(join(data, 'recent.json'))
  const questions = new Questions({
    opened: (question) => events.emit({ type: 'question', question }),
    closed: (id) => events.emit({ type: 'question-closed', id }),
  })
  const core = await createCore({
    dataFolder: data,
    journalFile: join(data, 'transfers.sqlite'),
    localFolder: homeFolder,
    settings,
    forkAgent,
    ask: (question, signal) => questions.ask(question, signal),
    onSession: (state) => {
      events.emit({ type: 'session', session: state })
      const line = sessionLine(state)
      if (line) panel.tell(line)
      panel.refresh()
    },
  })
  const { session, folders, log, gate, transfers } = core
  const share = await ShareService.open({
    dataFolder: data,
    quarantineFolder: core.quarantineFolder,
    fork: forkServer,
    dialogs: systemDialogs(() => window),
    connect: (request) => session.connect(request),
    trust: (host, port, fingerprint) => core.certificates.trust(host, port, fingerprint),
    emit: (event) => events.emit(event),
    onQuarantined: () => void gate.quarantine.list().then((items) => events.emit({ type: 'quarantine', items })),
  })
  core.onAgent((address) => share.useAgent(address))
  const sessionLine = createSessionLines()
  const remembering: ConnectDeps = {
    session,
    recent,
    log,
    onRecent: (connections) => events.emit({ type: 'recent', connections }),
  }
  const connect = (request: ConnectRequest): Promise<SessionState> => connectAndRemember(remembering, request)
  const panel = await openConsolePanel({
    historyFile: join(data, 'console-history.json'),
    host: {
      session,
      transfers,
      gate,
      settings,
      folders,
      log,
      homeFolder,
      connect,
      status: (o) => sessionStatus(core, o),
      changed: (side, path) => events.emit({ type: 'folder-changed', side, path }),
      defaultProtocol: 'ftpes',
      // Asked for: what the command line takes from its surroundings is not meant for a window.
      credentials: () => Promise.resolve(null),
      verbose: false,
    },
    events,
    quit: () => app.quit(),
  })

  log.onLine((line) => events.emit({ type: 'protocol', lines: [line] }))
  gate.onStatus((status) => events.emit({ type: 'scanner', status }))
  gate.onPolicy((policy) => {
    events.emit({ type: 'scan-policy', policy })
    panel.refresh()
  })
  gate.quarantine.onChange((items) => events.emit({ type: 'quarantine', items }))
  transfers.onChange((change) => events.emit({ type: 'transfers', ...change }))
  transfers.onFolderChanged((side, path) => events.emit({ type: 'folder-changed', side, path }))
  settings.onChange((now) => {
    events.emit({ type: 'settings', settings: now })
    applyTheme(now)
  })
  applyTheme(settings.get())

  const handlers = createHandlers({
    info: {
      version: app.getVersion(),
      platform: process.platform,
      shell: process.versions.electron?.endsWith('-browser-shell') ? 'browser' : 'electron',
    },
    events,
    settings,
    recent,
    session,
    transfers,
    questions,
    gate,
    supervisor: core.supervisor,
    log,
    folders,
    panel,
    share,
    connect,
    signUp: (request) => connectAndRemember(remembering, request, 'signUp'),
    status: () => sessionStatus(core),
    writeClipboard: (text) => clipboard.writeText(text),
  })
  ipcMain.handle(INVOKE_CHANNEL, createRouter(handlers, APP_ORIGIN))

  protocol.handle(APP_SCHEME, createAppProtocol(join(folder, '../renderer')))
  denyPermissions()
  const showMenu = (): void => {
    const checked = checkedActions(settings.get(), gate.policy())
    const template = menuTemplate(process.platform, {
      checked,
      choose: (action) => {
        events.emit({ type: 'menu', action })
        // The system has changed the mark already, and the window may yet be told no.
        showMenu()
      },
    })
    Menu.setApplicationMenu(template && Menu.buildFromTemplate(template))
  }
  settings.onChange(showMenu)
  gate.onPolicy(showMenu)
  showMenu()
  window = openMainWindow(preload, nativeTheme.shouldUseDarkColors)
  window.webContents.on('render-process-gone', () => share.watch(false))
  window.webContents.on('did-navigate', () => share.watch(false))
  window.on('closed', () => {
    window = null
    share.watch(false)
  })

  const end = async (): Promise<void> => {
    panel.dispose()
    try {
      // First: what is being uploaded to the share still needs the agent.
      await share.dispose(QUIT_GRACE)
      await core.dispose()
    } finally {
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
