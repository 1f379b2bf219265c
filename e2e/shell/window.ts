/** `BrowserWindow`: a window of the installed browser. */
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { browser } from './browser.ts'
import { nextId, shellEvent } from './events.ts'
import { focusedWindow, windows } from './window-list.ts'
import { WebContents, type WebPreferences } from './web-contents.ts'

interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

interface WindowOptions extends Partial<Bounds> {
  title?: string
  show?: boolean
  webPreferences?: WebPreferences
}

type WindowState = 'normal' | 'minimized' | 'maximized' | 'fullscreen'

export class BrowserWindow extends EventEmitter {
  readonly id = nextId()
  readonly webContents: WebContents
  #bounds: Bounds
  /** A position only if somebody asked for one. */
  #placed: boolean
  #title: string
  #visible: boolean
  #state: WindowState = 'normal'
  #destroyed = false

  constructor(options: WindowOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.#bounds = { x, y, width, height }
    this.#placed = options.x !== undefined && options.y !== undefined
    this.#title = options.title ?? app.getName()
    this.#visible = options.show !== false
    this.webContents = new WebContents(this, options.webPreferences ?? {}, { width, height })
    windows.add(this)
    this.#applyBounds()
    app.emit('browser-window-created', shellEvent({}), this)
    app.emit('web-contents-created', shellEvent({}), this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows]
  }
  static getFocusedWindow(): BrowserWindow | null {
    return focusedWindow()
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null
  }
  static fromId(id: number): BrowserWindow | null {
    return [...windows].find((window) => window.id === id) ?? null
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }
  loadFile(path: string): Promise<void> {
    return this.webContents.loadFile(path)
  }

  // The browser shows its window from the start; what these change is only what the app is told.
  show(): void {
    this.#visible = true
    this.emit('show', shellEvent({}))
  }
  showInactive(): void {
    this.show()
  }
  hide(): void {
    this.#visible = false
    this.emit('hide', shellEvent({}))
  }
  isVisible(): boolean {
    return this.#visible
  }
  focus(): void {
    this.webContents.focus()
  }
  isFocused(): boolean {
    return focusedWindow() === this
  }

  minimize(): void {
    this.#setState('minimized', 'minimize')
  }
  maximize(): void {
    this.#setState('maximized', 'maximize')
  }
  unmaximize(): void {
    this.#setState('normal', 'unmaximize')
  }
  restore(): void {
    this.#setState('normal', 'restore')
  }
  setFullScreen(on: boolean): void {
    this.#setState(on ? 'fullscreen' : 'normal', on ? 'enter-full-screen' : 'leave-full-screen')
  }
  isMinimized(): boolean {
    return this.#state === 'minimized'
  }
  isMaximized(): boolean {
    return this.#state === 'maximized'
  }
  isFullScreen(): boolean {
    return this.#state === 'fullscreen'
  }

  getBounds(): Bounds {
    return { ...this.#bounds }
  }
  getNormalBounds(): Bounds {
    return this.getBounds()
  }
  getSize(): [width: number, height: number] {
    return [this.#bounds.width, this.#bounds.height]
  }
  setBounds(bounds: Partial<Bounds>): void {
    Object.assign(this.#bounds, bounds)
    this.#placed ||= bounds.x !== undefined && bounds.y !== undefined
    this.#applyBounds()
    this.emit('resize', shellEvent({}))
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height })
  }
  setTitle(title: string): void {
    this.#title = title
  }
  getTitle(): string {
    return this.#title
  }

  // Without effect: a browser's window has no menu bar, taskbar progress or least size that we could set.
  setMenu(): void {}
  removeMenu(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
  setProgressBar(): void {}
  setBackgroundColor(): void {}
  setMinimumSize(): void {}
  flashFrame(): void {}

  isDestroyed(): boolean {
    return this.#destroyed
  }

  /** Asks the listeners of 'close'; false if one of them keeps the window open. */
  close(): boolean {
    if (this.#destroyed) return true
    const event = shellEvent({})
    this.emit('close', event)
    if (event.defaultPrevented) return false
    this.destroy()
    return true
  }

  /** Closes without asking. */
  destroy(): void {
    if (this.#destroyed) return
    this.webContents.opened
      .then(({ targetId }) => browser.root.send('Target.closeTarget', { targetId }))
      .catch(() => {}) // it went away by itself
    this.markClosed()
  }

  /** The page has gone, by us or by the user. */
  markClosed(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    windows.delete(this)
    this.webContents.markDestroyed()
    this.emit('closed', shellEvent({}))
    if (windows.size === 0) app.lastWindowClosed()
  }

  #setState(state: WindowState, event: string): void {
    this.#state = state
    this.#control(async (windowId) => {
      await browser.root.send('Browser.setWindowBounds', { windowId, bounds: { windowState: state } })
      this.emit(event, shellEvent({}))
    })
  }

  #applyBounds(): void {
    const { x, y, width, height } = this.#bounds
    const bounds = { width, height, ...(this.#placed ? { left: x, top: y } : {}) }
    this.#control((windowId) => browser.root.send('Browser.setWindowBounds', { windowId, bounds }))
  }

  #control(task: (windowId: number) => Promise<unknown>): void {
    const run = async () => {
      const { targetId } = await this.webContents.opened
      const { windowId } = await browser.root.send('Browser.getWindowForTarget', { targetId })
      await task(windowId)
    }
    run().catch((error: unknown) => {
      if (!this.#destroyed && browser.running) console.error('[browser shell] the window could not be changed:', error)
    })
  }
}

browser.on('page-closed', (sessionId) => {
  const window = [...windows].find(({ webContents }) => webContents.sessionId === sessionId)
  if (!window) return
  window.emit('close', shellEvent({})) // too late to be prevented: the user closed the browser's window
  window.markClosed()
})
browser.on('stray', ({ openerTargetId, url }) => {
  if (!url || url === 'about:blank') return // a pop-up without an address yet: closed, and nothing to report
  ;[...windows].find(({ webContents }) => webContents.targetId === openerTargetId)?.webContents.requestWindow(url)
})
browser.on('exit', () => {
  for (const window of windows) window.markClosed()
  app.quit() // nothing can be shown any more
})

/** `webContents` of the electron module: looks web contents up. */
export const webContents = {
  getAllWebContents: () => [...windows].map((window) => window.webContents),
  fromId: (id: number) => webContents.getAllWebContents().find((contents) => contents.id === id),
  getFocusedWebContents: () => focusedWindow()?.webContents ?? null,
  fromDevToolsTargetId: (id: string) => webContents.getAllWebContents().find((contents) => contents.targetId === id),
}
