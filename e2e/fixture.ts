/**
 * Starts the application for a spec: in Electron if its binary is there, else in the browser shell (shell/README.md).
 * Specs look the same in both; what only one of them can do asks `isShell`.
 */
import { AxeBuilder } from '@axe-core/playwright'
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findElectron } from '../scripts/electron-binary.ts'

const repository = resolve(import.meta.dirname, '..')

/** True if the specs run in the browser shell; SLUICE_SHELL=1 asks for it where Electron is there too. */
export const isShell = process.env['SLUICE_SHELL'] === '1' || findElectron() === null
// The one switch: the electron package, and Playwright through it, takes the executable named `electron` in this folder.
if (isShell) process.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(import.meta.dirname, 'shell')

export interface LaunchOptions {
  /** The user's data folder, kept at the end; absent: a temporary one, removed at the end. */
  userData?: string
  /** Written to settings.json in the user's data folder before the start. */
  settings?: Record<string, unknown>
  /** Added to the environment. */
  env?: Record<string, string>
  /** Folder of the application, absent: this repository. */
  application?: string
  /** Command-line arguments for the application. */
  args?: string[]
}

export interface LaunchedApp {
  app: ElectronApplication
  /** The application's main process. */
  child: ChildProcess
  /** The user's data folder of this run. */
  userData: string
  /** The window's page, once its document is loaded. */
  page(): Promise<Page>
  /** Ends the application (also one that has ended already) and removes what was made for it. */
  stop(): Promise<void>
}

/**
 * Starts the application with a user's data folder of its own. Windows stay unseen in the shell unless SLUICE_HEADLESS=0.
 * Whoever calls this calls `stop`, whatever happens; the fixtures below do so by themselves.
 */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'sluice-e2e-'))
  const removeUserData = () => {
    if (options.userData === undefined) {
      rmSync(userData, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    }
  }
  if (options.settings) {
    mkdirSync(userData, { recursive: true })
    writeFileSync(join(userData, 'settings.json'), JSON.stringify(options.settings))
  }
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  try {
    const app = await _electron.launch({
      args: [`--user-data-dir=${userData}`, options.application ?? repository, ...(options.args ?? [])],
      cwd: repository,
      colorScheme: null, // the app's own theme decides, not Playwright
      env: { SLUICE_HEADLESS: '1', ...Object.fromEntries(inherited), ...options.env },
    })
    const child = app.process() // Playwright knows it no more once the app has ended
    const ended = new Promise<void>((done) => app.once('close', () => done()))
    return {
      app,
      child,
      userData,
      async page() {
        const page = await app.firstWindow()
        // The shell's window shows an empty document until the app loads its own.
        await page.waitForURL(/^(app|https):/)
        await page.waitForLoadState()
        return page
      },
      async stop() {
        if (child.exitCode === null && child.signalCode === null) await Promise.race([app.close(), ended])
        removeUserData()
      },
    }
  } catch (error) {
    removeUserData()
    throw error
  }
}

/** Drops files from outside the application, with real paths behind them, on the element `selector` finds. */
export async function dropFiles(page: Page, selector: string, files: string[]): Promise<void> {
  const box = await page.locator(selector).boundingBox()
  if (!box) throw new Error(`Nothing visible to drop on: ${selector}`)
  const position = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...position, data })
  }
  await session.detach()
}

export interface CaughtMenus {
  /** Items of the menu that popped up, once one did. */
  items(): Promise<{ id: string | undefined; label: string; enabled: boolean; type: string }[]>
  /** Chooses the item with this id in it. */
  click(id: string): Promise<void>
}

/**
 * Catches context menus in the main process: native ones cannot be clicked from outside. To be called before the menu
 * is asked for.
 */
export async function catchMenus(app: ElectronApplication): Promise<CaughtMenus> {
  await app.evaluate(({ Menu }) => {
    Menu.prototype.popup = function (this: Electron.Menu) {
      ;(globalThis as { caughtMenu?: Electron.Menu }).caughtMenu = this
    }
  })
  const waitForMenu = () =>
    expect
      .poll(() => app.evaluate(() => (globalThis as { caughtMenu?: Electron.Menu }).caughtMenu !== undefined))
      .toBe(true)
  return {
    async items() {
      await waitForMenu()
      return app.evaluate(() =>
        ((globalThis as { caughtMenu?: Electron.Menu }).caughtMenu?.items ?? []).map(
          ({ id, label, enabled, type }) => ({
            id,
            label,
            enabled,
            type,
          }),
        ),
      )
    },
    async click(id) {
      await waitForMenu()
      await app.evaluate(({ BrowserWindow }, wanted) => {
        const holder = globalThis as { caughtMenu?: Electron.Menu }
        const item = holder.caughtMenu?.getMenuItemById(wanted)
        delete holder.caughtMenu
        if (!item?.enabled) throw new Error(`The menu has no item ${wanted} that can be chosen`)
        const [window] = BrowserWindow.getAllWindows()
        item.click({}, window, window?.webContents)
      }, id)
    },
  }
}

/** Makes every message box answer with the button of this index, without showing. */
export async function answerMessageBox(app: ElectronApplication, response: number): Promise<void> {
  await app.evaluate(({ dialog }, index) => {
    dialog.showMessageBox = () => Promise.resolve({ response: index, checkboxChecked: false })
  }, response)
}

/** Makes every file dialog answer with this path without showing; null: nothing was chosen. */
export async function answerFileDialogs(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, answer) => {
    const canceled = answer === null
    dialog.showOpenDialog = () => Promise.resolve({ canceled, filePaths: canceled ? [] : [answer] })
    dialog.showSaveDialog = () => Promise.resolve({ canceled, filePath: answer ?? '' })
  }, path)
}

/** Notes the processes that the app starts from now on; gives the pids of those that still run. */
export async function noteProcesses(app: ElectronApplication): Promise<() => Promise<number[]>> {
  await app.evaluate(({ utilityProcess }) => {
    const { fork } = utilityProcess
    const started: Electron.UtilityProcess[] = []
    ;(globalThis as { started?: Electron.UtilityProcess[] }).started = started
    utilityProcess.fork = (...args) => {
      const child = fork(...args)
      started.push(child)
      return child
    }
  })
  return () =>
    app.evaluate(() =>
      ((globalThis as { started?: Electron.UtilityProcess[] }).started ?? []).flatMap(({ pid }) => pid ?? []),
    )
}

/** What breaks the rules of accessibility in the page as it is, as axe finds it: "rule: elements". */
export async function violations(page: Page): Promise<string[]> {
  // Electron cannot open the second page that axe otherwise works in.
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

interface Fixtures {
  /** What `launched` starts with; set it by `test.use({ appOptions: ... })`. */
  appOptions: LaunchOptions
  launched: LaunchedApp
  app: ElectronApplication
  page: Page
}

/** Playwright's test with an application of its own for every test: `launched`, and its `app` and `page`. */
export const test = base.extend<Fixtures>({
  appOptions: [{}, { option: true }],
  launched: async ({ appOptions }, use) => {
    const launched = await launchApp(appOptions)
    await use(launched)
    await launched.stop()
  },
  app: async ({ launched }, use) => use(launched.app),
  page: async ({ launched }, use) => use(await launched.page()),
})
export { expect }
