/** The installed browser that shows the windows: started with a profile of its own, driven over CDP. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cdp, type CdpSession } from './cdp.ts'
import { findBrowser } from './find-browser.ts'

export interface BrowserOptions {
  /** Class and title of the window before the page sets one. */
  name: string
  /** Folder for the browser's profile; absent: a temporary one, removed at the end. */
  profile?: string
  /** Playwright's request for a DevTools port ('0': any). */
  remoteDebuggingPort?: string
  sandbox: boolean
}

export interface BrowserPage {
  session: CdpSession
  targetId: string
}

/** A page that came up without the main process asking for it (a pop-up); it is closed at once. */
export interface StrayPage {
  openerTargetId: string | undefined
  url: string
}

const isRoot = process.getuid?.() === 0
const environment = process.env
/** True if windows shall not be seen: asked for by SLUICE_HEADLESS=1, or there is no display. */
export const headless =
  environment['SLUICE_HEADLESS'] === '1' ||
  (process.platform === 'linux' && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY'])

// Quiet and self-contained: no first-run pages, no updates, no network traffic of the browser's own, no throttling.
const quiet = [
  '--no-first-run',
  '--no-default-browser-check',
  '--no-service-autorun',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-breakpad',
  '--disable-sync',
  '--disable-gpu',
  '--disable-quic',
  '--disable-search-engine-choice-screen',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--deny-permission-prompts',
  '--password-store=basic',
  '--use-mock-keychain',
  '--force-color-profile=srgb',
  '--blink-settings=allowScriptsToCloseWindows=true', // window.close() works in Electron
  // Only the shell answers these hosts; if interception ever failed, nothing must reach a resolver.
  '--host-resolver-rules=MAP *.app.internal ~NOTFOUND',
]

export class Browser extends EventEmitter<{ exit: []; 'page-closed': [sessionId: string]; stray: [StrayPage] }> {
  #cdp: Cdp | undefined
  #profile = ''
  #removeProfile = false
  #sandboxFlags: string[] = []
  #firstPage: Promise<BrowserPage> | undefined
  readonly #expected: ((page: BrowserPage) => void)[] = []

  /** Starts the browser with one empty page. Throws if there is no browser or it does not come up. */
  async start(options: BrowserOptions): Promise<void> {
    const executable = findBrowser()
    if (!executable) throw new Error('No Chromium, Chrome or Edge found; install one or set SLUICE_BROWSER to its path')
    this.#removeProfile = options.profile === undefined
    this.#profile = options.profile ?? mkdtempSync(join(tmpdir(), 'sluice-browser-'))
    // Chromium refuses to run as root with its sandbox; --test-type silences the bar that would then cover the window.
    this.#sandboxFlags = isRoot || !options.sandbox ? ['--no-sandbox', '--test-type'] : []
    const cdp = new Cdp(
      executable,
      [
        ...(headless ? ['--headless=new'] : []),
        ...quiet,
        ...this.#sandboxFlags,
        '--remote-debugging-pipe',
        ...(options.remoteDebuggingPort === undefined
          ? []
          : [`--remote-debugging-port=${options.remoteDebuggingPort}`]),
        `--user-data-dir=${this.#profile}`,
        `--class=${options.name}`,
        '--window-size=1100,760',
        `--app=data:text/html,<title>${encodeURIComponent(options.name)}</title>`,
      ],
      (line) => {
        // Playwright waits for this line of Electron's output.
        if (line.startsWith('DevTools listening') || environment['SLUICE_SHELL_DEBUG'])
          process.stderr.write(line + '\n')
      },
    )
    this.#cdp = cdp
    const ended = new Promise<never>((_, reject) =>
      cdp.once('exit', () => reject(new Error(`${executable} ended at once`))),
    )
    this.#firstPage = new Promise((resolve) => this.#expected.push(resolve))
    this.#watchTargets(cdp)
    await Promise.race([
      ended,
      cdp.root.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    ])
    await Promise.race([ended, this.#firstPage])
    cdp.on('exit', () => this.emit('exit'))
  }

  get running(): boolean {
    return this.#cdp !== undefined && !this.#cdp.closed
  }

  get pid(): number {
    return this.#cdp?.process.pid ?? 0
  }

  /** The session of the browser as a whole (windows, targets). */
  get root(): CdpSession {
    if (!this.#cdp) throw new Error('The browser has not been started')
    return this.#cdp.root
  }

  /** A fresh page, halted before its first script; `Runtime.runIfWaitingForDebugger` lets it go. */
  async openPage(size: { width: number; height: number }): Promise<BrowserPage> {
    const cdp = this.#cdp
    if (!cdp) throw new Error('The browser has not been started')
    const first = this.#firstPage
    this.#firstPage = undefined
    if (first) return first
    const page = new Promise<BrowserPage>((resolve) => this.#expected.push(resolve))
    if (headless) await cdp.root.send('Target.createTarget', { url: 'about:blank', newWindow: true, ...size })
    else {
      // A target made over CDP would have tabs and an address bar; the running browser gives an app window only this way.
      const args = [
        `--user-data-dir=${this.#profile}`,
        ...this.#sandboxFlags,
        '--app=data:text/html,<title>new</title>',
      ]
      spawn(cdp.process.spawnfile, args, { stdio: 'ignore' }).on('error', () => {})
    }
    return page
  }

  /** Ends the browser, by force after 3 s, and removes a temporary profile. */
  async close(): Promise<void> {
    const cdp = this.#cdp
    if (cdp && !cdp.closed) {
      const gone = new Promise<void>((resolve) => cdp.once('exit', resolve))
      const force = setTimeout(() => cdp.process.kill('SIGKILL'), 3_000)
      cdp.root.send('Browser.close').catch(() => {}) // fails if the browser is faster than its answer
      await gone
      clearTimeout(force)
    }
    if (!this.#removeProfile) return
    try {
      rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    } catch (error) {
      console.error(`The browser's temporary profile ${this.#profile} could not be removed:`, error)
    }
  }

  #watchTargets(cdp: Cdp): void {
    cdp.root.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      const session = cdp.session(sessionId)
      if (targetInfo.type !== 'page') {
        session.send('Runtime.runIfWaitingForDebugger').catch(() => {})
        cdp.root.send('Target.detachFromTarget', { sessionId }).catch(() => {})
        return
      }
      const expected = targetInfo.openerId === undefined ? this.#expected.shift() : undefined
      if (expected) return expected({ session, targetId: targetInfo.targetId })
      cdp.root.send('Target.closeTarget', { targetId: targetInfo.targetId }).catch(() => {})
      this.emit('stray', { openerTargetId: targetInfo.openerId, url: targetInfo.url })
    })
    cdp.root.on('Target.detachedFromTarget', ({ sessionId }) => this.emit('page-closed', sessionId))
  }
}

/** The one browser of this process; boot.ts starts it, app.ts ends it. */
export const browser = new Browser()
