/** The main window and what it may not do: leave its page, open others, ask for permissions. */
import { BrowserWindow, session, type App } from 'electron'
import { APP_ORIGIN } from './app-protocol.ts'

/** Refuses navigation, new windows, webviews and permission requests for every page there will ever be. */
export function hardenContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

/** Denies every permission the page could ask for; call it when the app is ready. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
}

/** Opens the window and shows it once there is something to see. @param preload absolute path of the bridge */
export function openMainWindow(preload: string, darkBackground: boolean): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Sluice',
    width: 1280,
    height: 800,
    minWidth: 860,
    minHeight: 560,
    show: false,
    backgroundColor: darkBackground ? '#14171c' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  // Main owns the truth, so a page that crashed is simply loaded again; transfers have not noticed.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && !window.isDestroyed()) void window.loadURL(`${APP_ORIGIN}/index.html`)
  })
  void window.loadURL(`${APP_ORIGIN}/index.html`)
  return window
}
