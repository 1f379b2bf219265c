// A small Electron application with one of everything that the browser shell emulates. Driven by e2e/shell.spec.ts.
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  net,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
} from 'electron'
import { join, normalize, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, 'page')
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
])

ipcMain.handle('echo', (_event, value) => value)
ipcMain.handle('fail', (_event, message) => {
  throw new TypeError(message)
})
ipcMain.handle('unclonable', () => () => 1)
ipcMain.handle('sender', ({ senderFrame, sender }) => ({
  url: senderFrame.url,
  origin: senderFrame.origin,
  hasParent: senderFrame.parent !== null,
  isMainFrame: senderFrame === sender.mainFrame,
}))
ipcMain.handle('flood', (event, count) => {
  for (let index = 0; index < count; index++) event.sender.send('tick', index)
})
ipcMain.on('sync', (event, value) => {
  event.returnValue = value + 1
})
ipcMain.handle('ask', async (event) => {
  const window = BrowserWindow.fromWebContents(event.sender)
  const options = {
    message: 'Overwrite?',
    detail: 'The file exists.',
    buttons: ['Cancel', 'Overwrite'],
    defaultId: 1,
    cancelId: 0,
  }
  return (await dialog.showMessageBox(window, options)).response
})
ipcMain.handle('choose', async (event) => {
  const window = BrowserWindow.fromWebContents(event.sender)
  return dialog.showOpenDialog(window, { title: 'Choose a folder', properties: ['openDirectory'] })
})
ipcMain.handle('secret', (_event, text) => {
  const encrypted = safeStorage.encryptString(text)
  return { hidden: !encrypted.includes(text), text: safeStorage.decryptString(encrypted) }
})
ipcMain.on('menu', (event) => {
  const chosen = (id) => () => event.sender.send('chosen', id)
  Menu.buildFromTemplate([
    { id: 'rename', label: 'Rename', click: chosen('rename') },
    { type: 'separator' },
    { id: 'delete', label: 'Delete', enabled: false, click: chosen('delete') },
    { label: 'Permissions', submenu: [{ id: 'p644', label: '644', click: chosen('p644') }] },
  ]).popup({ window: BrowserWindow.fromWebContents(event.sender) })
})

// The specs' own access to what they stub and watch.
globalThis.seen = { opened: [], navigations: [], accelerators: 0 }
globalThis.fork = (args, options) => utilityProcess.fork(join(import.meta.dirname, 'child.js'), args, options)

app.on('window-all-closed', () => app.quit())
app.on('web-contents-created', (_event, contents) => {
  contents.on('will-attach-webview', (event) => event.preventDefault())
})

await app.whenReady()
protocol.handle('app', (request) => {
  const url = new URL(request.url)
  const path = normalize(join(root, decodeURIComponent(url.pathname)))
  if (url.host !== 'test' || !path.startsWith(root + sep)) return new Response('Forbidden', { status: 403 })
  return net.fetch(pathToFileURL(path).href)
})
session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
session.defaultSession.setPermissionCheckHandler(() => false)
session.defaultSession.webRequest.onHeadersReceived((details, callback) =>
  callback({
    responseHeaders: {
      ...details.responseHeaders,
      'Content-Security-Policy': [
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
      ],
    },
  }),
)
Menu.setApplicationMenu(
  Menu.buildFromTemplate([
    {
      label: 'File',
      submenu: [
        { id: 'count', label: 'Count', accelerator: 'CmdOrCtrl+Shift+K', click: () => globalThis.seen.accelerators++ },
      ],
    },
  ]),
)
nativeTheme.themeSource = 'light'

const window = new BrowserWindow({
  width: 900,
  height: 600,
  show: false,
  title: 'Shell Test',
  webPreferences: { preload: join(import.meta.dirname, 'preload.cjs'), contextIsolation: true, sandbox: true },
})
window.once('ready-to-show', () => window.show())
window.webContents.setWindowOpenHandler(({ url }) => {
  globalThis.seen.opened.push(url)
  void shell.openExternal(url)
  return { action: 'deny' }
})
window.webContents.on('will-navigate', (event, url) => {
  globalThis.seen.navigations.push(url)
  event.preventDefault()
})
// The specs stub shell.openExternal before they click; nothing may open a browser on the machine that runs them.
shell.openExternal = async () => {}
await window.loadURL('app://test/index.html')
