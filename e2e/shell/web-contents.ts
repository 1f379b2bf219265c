/** `WebContents` and its main frame: one page of the browser, made to behave as Electron's. */
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { browser, type BrowserPage } from './browser.ts'
import { nextId, shellEvent } from './events.ts'
import { ipcMain } from './ipc-main.ts'
import { accelerators, pressAccelerator } from './menu.ts'
import { nativeTheme, type ThemeSource } from './native-theme.ts'
import { PageChannel } from './page-channel.ts'
import type { FromPage, OverlayRequest } from './page/messages.ts'
import { fromBrowserUrl, originOf, toBrowserUrl } from './protocol.ts'
import { Requests } from './requests.ts'
import { session } from './session.ts'
import type { BrowserWindow } from './window.ts'

export interface WebPreferences {
  preload?: string
}

type WindowOpenHandler = (details: { url: string; frameName: string; features: string; disposition: string }) => {
  action: 'allow' | 'deny'
}

interface LivePage extends BrowserPage {
  channel: PageChannel
  requests: Requests
}

/** The one frame there is; the same object as long as its page, so that `senderFrame === mainFrame` holds. */
class WebFrameMain {
  readonly #contents: WebContents
  readonly parent = null
  readonly detached = false
  readonly processId = 1
  readonly routingId = 1
  readonly frameTreeNodeId = 1

  constructor(contents: WebContents) {
    this.#contents = contents
  }
  get url(): string {
    return this.#contents.getURL()
  }
  get origin(): string {
    return originOf(this.url)
  }
  get top(): WebFrameMain {
    return this
  }
  isDestroyed(): boolean {
    return this.#contents.isDestroyed()
  }
  send(channel: string, ...args: unknown[]): void {
    this.#contents.send(channel, ...args)
  }
}

export class WebContents extends EventEmitter {
  readonly id = nextId()
  readonly session = session.defaultSession
  readonly mainFrame = new WebFrameMain(this)
  readonly #window: BrowserWindow
  /** The page once it is up; rejects if the browser ends before. */
  readonly #opening: Promise<LivePage>
  #page: LivePage | undefined
  #url = ''
  #painted = false
  #destroyed = false
  #windowOpenHandler: WindowOpenHandler = () => ({ action: 'deny' })

  constructor(window: BrowserWindow, preferences: WebPreferences, size: { width: number; height: number }) {
    super()
    this.#window = window
    this.#opening = this.#open(preferences, size)
    this.#opening.catch((error: unknown) => {
      if (!this.#destroyed) console.error('[browser shell] the window did not open:', error)
    })
  }

  // --- what the app uses

  /** Loads an address; rejects, as in Electron, with the network error's name. */
  async loadURL(url: string): Promise<void> {
    const { session: page, requests } = await this.#opening
    const loaded = new Promise<void>((resolve) => this.once('did-finish-load', resolve))
    requests.expect(url)
    const { errorText } = await page.send('Page.navigate', { url: toBrowserUrl(url) })
    if (errorText) {
      this.emit('did-fail-load', shellEvent({}), -2, errorText, url, true)
      throw new Error(`${errorText} loading '${url}'`)
    }
    await loaded
  }

  loadFile(path: string): Promise<void> {
    return this.loadURL(pathToFileURL(path).href)
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed')
    this.#page?.channel.send(channel, args)
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#windowOpenHandler = handler
  }

  reload(): void {
    void this.#with(({ session: page }) => page.send('Page.reload'))
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const { session: page } = await this.#opening
    const options = { expression: code, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await page.send('Runtime.evaluate', options)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as unknown
  }

  getURL(): string {
    return this.#url
  }
  getTitle(): string {
    return this.#window.getTitle()
  }
  getOSProcessId(): number {
    return browser.pid
  }
  isDestroyed(): boolean {
    return this.#destroyed
  }
  focus(): void {
    void this.#with(({ session: page }) => page.send('Page.bringToFront'))
  }
  close(): void {
    this.#window.close()
  }
  // Development tools and zoom belong to the real Electron.
  openDevTools(): void {}
  closeDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false
  }
  setZoomFactor(): void {}
  setZoomLevel(): void {}
  setVisualZoomLevelLimits(): Promise<void> {
    return Promise.resolve()
  }

  // --- for the other files of the shell

  get targetId(): string | undefined {
    return this.#page?.targetId
  }
  get sessionId(): string | undefined {
    return this.#page?.session.id
  }
  get window(): BrowserWindow {
    return this.#window
  }
  /** Resolves when the page takes commands. */
  get opened(): Promise<BrowserPage> {
    return this.#opening
  }

  applyTheme(source: ThemeSource): void {
    const features = source === 'system' ? [] : [{ name: 'prefers-color-scheme', value: source }]
    void this.#with(({ session: page }) => page.send('Emulation.setEmulatedMedia', { features }))
  }

  applyAccelerators(): void {
    // Fails only for a document that is just being left, and the next one asks again.
    void this.#with(({ channel }) => channel.call('setAccelerators', accelerators()).catch(() => {}))
  }

  async ask(request: OverlayRequest): Promise<unknown> {
    return (await this.#opening).channel.ask(request)
  }

  requestWindow(url: string): void {
    const details = { url: fromBrowserUrl(url), frameName: '', features: '', disposition: 'foreground-tab' }
    if (this.#windowOpenHandler(details).action === 'allow') {
      console.error(`[browser shell] child windows are not emulated; ${details.url} stays closed`)
    }
  }

  allowsNavigation(url: string): boolean {
    const event = shellEvent({ url, isMainFrame: true, isSameDocument: false, frame: this.mainFrame })
    this.emit('will-navigate', event, url)
    return !event.defaultPrevented
  }

  markDestroyed(): void {
    this.#destroyed = true
    this.emit('destroyed')
  }

  // --- inside

  /** Runs `task` with the page when it is up; a page that is gone by then is no error. */
  async #with(task: (page: LivePage) => Promise<unknown>): Promise<void> {
    try {
      await task(await this.#opening)
    } catch (error) {
      if (!this.#destroyed && browser.running) console.error('[browser shell]', error)
    }
  }

  async #open(preferences: WebPreferences, size: { width: number; height: number }): Promise<LivePage> {
    const opened = await browser.openPage(size)
    const { session: page } = opened
    const requests = new Requests(page, this)
    const channel = new PageChannel(page, {
      onMessage: (message) => this.#onMessage(message),
      onSyncCall: (name, args) => this.#onSyncCall(name, args),
    })
    this.#page = { ...opened, requests, channel }
    this.#watch(this.#page)
    // Not awaited one by one: some are answered only after the page, halted so far, runs.
    const ready = [
      page.send('Page.enable'),
      page.send('Page.setLifecycleEventsEnabled', { enabled: true }),
      requests.install(),
      channel.install(preferences.preload === undefined ? '' : readFileSync(preferences.preload, 'utf8')),
      page.send('Runtime.runIfWaitingForDebugger'),
    ]
    await Promise.all(ready)
    requests.setMainFrame((await page.send('Page.getFrameTree')).frameTree.frame.id)
    if (nativeTheme.themeSource !== 'system') this.applyTheme(nativeTheme.themeSource)
    return this.#page
  }

  #watch({ session: page }: LivePage): void {
    page.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId !== undefined) return
      this.#url = fromBrowserUrl(frame.url)
      this.emit('did-navigate', shellEvent({}), this.#url, 200, '')
    })
    page.on('Page.navigatedWithinDocument', ({ url }) => {
      this.#url = fromBrowserUrl(url)
      this.emit('did-navigate-in-page', shellEvent({}), this.#url, true)
    })
    page.on('Page.domContentEventFired', () => this.emit('dom-ready', shellEvent({})))
    page.on('Page.loadEventFired', () => this.emit('did-finish-load', shellEvent({})))
    page.on('Page.lifecycleEvent', ({ name }) => {
      if (name !== 'firstPaint' || this.#painted || this.#url === '' || this.#url.startsWith('data:')) return
      this.#painted = true
      this.#window.emit('ready-to-show', shellEvent({}))
    })
    page.on('Inspector.targetCrashed', () =>
      this.emit('render-process-gone', shellEvent({}), { reason: 'crashed', exitCode: 1 }),
    )
    page.on('Runtime.consoleAPICalled', ({ type, args }) => {
      if (this.listenerCount('console-message') === 0) return
      const message = args.map((value) => String(value.value ?? value.description)).join(' ')
      this.emit('console-message', shellEvent({ level: type, message }))
    })
  }

  #ipcEvent() {
    return shellEvent({
      sender: this,
      senderFrame: this.mainFrame,
      frameId: 1,
      processId: 1,
      type: 'frame',
      ports: [],
      reply: (channel: string, ...args: unknown[]) => this.send(channel, ...args),
    })
  }

  #onMessage(message: FromPage): void {
    switch (message.kind) {
      case 'ready':
        return this.applyAccelerators()
      case 'preload-error':
        console.error('[preload]', message.message)
        this.emit('preload-error', shellEvent({}), '', new Error(message.message))
        return
      case 'open':
        return this.requestWindow(message.url)
      case 'accelerator':
        return pressAccelerator(message.index, this.#window)
      case 'send':
        ipcMain.emit(message.channel, this.#ipcEvent(), ...(message.args as unknown[]))
        return
      case 'invoke': {
        const { channel, args } = message
        void this.#page?.channel.answerInvoke(message.id, () =>
          ipcMain.invoke(channel, this.#ipcEvent(), args as unknown[]),
        )
        return
      }
      case 'answer':
        return // the channel's own
    }
  }

  #onSyncCall(channel: string, args: unknown[]): Promise<unknown> {
    return new Promise((resolve) => {
      const event = Object.defineProperty(this.#ipcEvent(), 'returnValue', { set: resolve })
      if (!ipcMain.emit(channel, event, ...args)) resolve(undefined)
    })
  }
}
