/**
 * Everything the main job needs for one test: a real vsftpd, a real clamd, the app in its window with that clamd behind
 * its agent, a local folder the left pane shows, and the words to speak about it.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClamd, type Clamd } from '../testing/clamd.ts'
import { peersAreRequired, whyWithout, type PeerName } from '../testing/peers.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../testing/vsftpd.ts'
import { expect, launchApp, test as base, type LaunchedApp } from './fixture.ts'
import type { Locator, Page, TestInfo } from '@playwright/test'

/** The window as a person uses it: by what is written on it. */
export class SluiceWindow {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  pane(side: 'Local' | 'Remote'): Locator {
    return this.page.getByRole('region', { name: `${side} files` })
  }

  /** A row of a pane, by the file's name. */
  row(side: 'Local' | 'Remote', name: string): Locator {
    return this.pane(side).getByRole('row', { name, exact: true })
  }

  /** A row of the transfer list, by the file's name. */
  transfer(name: string): Locator {
    return this.page.getByRole('tabpanel', { name: 'Transfers' }).getByRole('row', { name, exact: true })
  }

  async openTab(name: 'Transfers' | 'Quarantine' | 'Protocol log' | 'Console'): Promise<void> {
    await this.page.getByRole('tab', { name }).click()
  }

  /** Fills in the connection bar and connects; what follows (a question, an error) is the caller's. */
  async connect(
    server: Pick<Vsftpd, 'port' | 'user' | 'password'>,
    protocol: 'plain' | 'explicit' | 'implicit',
  ): Promise<void> {
    const values = { plain: 'ftp', explicit: 'ftpes', implicit: 'ftps' }
    await this.page.getByRole('combobox', { name: 'Protocol' }).selectOption(values[protocol])
    await this.page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1')
    await this.page.getByRole('textbox', { name: 'Port' }).fill(String(server.port))
    await this.page.getByRole('textbox', { name: 'User' }).fill(server.user)
    await this.page.getByRole('textbox', { name: 'Password' }).fill(server.password)
    await this.page.getByRole('button', { name: 'Connect', exact: true }).click()
  }

  /** Waits until the remote pane shows a folder's listing. */
  async connected(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Disconnect' })).toBeVisible()
    await expect(this.pane('Remote').getByRole('grid')).toBeVisible()
  }

  /** Drags a row of one pane onto the other pane. */
  async drag(from: 'Local' | 'Remote', name: string): Promise<void> {
    const target = this.pane(from === 'Local' ? 'Remote' : 'Local')
    await this.row(from, name).dragTo(target.getByRole('grid'))
  }

  /** What the console printed. */
  get output(): Locator {
    return this.page.getByRole('log', { name: 'Console output' })
  }

  /** Where the console's commands are typed; it is described by the prompt. */
  get commandLine(): Locator {
    return this.page.getByRole('textbox', { name: 'Console command' })
  }

  /** Begins a command in the console; its questions and its end are the caller's. */
  async begin(command: string): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Stop' })).toHaveCount(0)
    await this.commandLine.fill(command)
    await this.commandLine.press('Enter')
  }

  /** Runs a command in the console to its end. */
  async run(command: string): Promise<void> {
    await this.begin(command)
    await expect(this.page.getByRole('button', { name: 'Stop' })).toHaveCount(0)
  }

  /** Answers the console's question that begins like this. */
  async answer(question: string | RegExp, text: string): Promise<void> {
    const field = this.page.getByLabel(question)
    await field.fill(text)
    await field.press('Enter')
  }

  /** Logs in by the console, in the clear. */
  async openPlain(server: Pick<Vsftpd, 'port' | 'user' | 'password'>): Promise<void> {
    await this.openTab('Console')
    await this.begin(`open ftp://${server.user}@127.0.0.1:${server.port}`)
    await this.answer(/^Password of/, server.password)
    await expect(this.output).toContainText('Logged in to 127.0.0.1')
    await this.connected()
  }

  /**
   * Waits until nothing is being listed in a pane. Rows show before a listing ends, and one that is cut off opens its
   * session again at once: a test that cuts has to wait.
   */
  async listed(side: 'Local' | 'Remote'): Promise<void> {
    await expect(this.pane(side).getByRole('button', { name: 'Refresh' })).not.toHaveClass(/is-busy/)
  }

  /** Goes to a folder by the pane's path bar. */
  async open(side: 'Local' | 'Remote', path: string): Promise<void> {
    const field = this.pane(side).getByRole('textbox', { name: 'Path' })
    await field.fill(path)
    await field.press('Enter')
  }
}

/**
 * Names of the files in the user's data folder that hold `text`. What the browser keeps for itself is left out: the page
 * has nothing to give it.
 */
export function filesWith(userData: string, text: string): string[] {
  const files = readdirSync(userData, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('chromium'),
  )
  // Else nothing was looked at.
  expect(files.length).toBeGreaterThan(1)
  return files
    .filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text))
    .map(({ name }) => name)
}

interface MainJobFixtures {
  /** What vsftpd starts with; set by `test.use`. */
  serverOptions: VsftpdOptions
  settings: Record<string, unknown>
  server: Vsftpd
  clamd: Clamd
  /** The folder the left pane shows, empty at first. */
  localFolder: string
  launched: LaunchedApp
  window: SluiceWindow
}

/** Ends a test as skipped, with the reason, where its peers are missing; where they are required it goes on and fails. */
function skipWithout(info: TestInfo, ...names: PeerName[]): void {
  const reason = whyWithout(...names)
  if (!peersAreRequired()) info.skip(reason !== null, reason ?? '')
}

export const test = base.extend<MainJobFixtures>({
  serverOptions: [{}, { option: true }],
  settings: [{}, { option: true }],
  server: async ({ serverOptions }, use, info) => {
    skipWithout(info, 'vsftpd', 'pwdfile', 'openssl')
    const server = await startVsftpd(serverOptions)
    await use(server)
    await server.stop()
  },
  clamd: async ({}, use, info) => {
    skipWithout(info, 'clamd')
    const clamd = await startClamd()
    await use(clamd)
    await clamd.stop()
  },
  localFolder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-local-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  launched: async ({ clamd, localFolder, settings }, use) => {
    const userData = mkdtempSync(join(tmpdir(), 'sluice-data-'))
    mkdirSync(userData, { recursive: true })
    const launched = await launchApp({
      userData,
      settings: { agent: { mode: 'own', engine: 'clamd', clamd: clamd.socket }, ...settings },
      // The left pane opens the home folder first.
      env: { HOME: localFolder, XDG_CONFIG_HOME: userData },
    })
    await use(launched)
    await launched.stop()
    rmSync(userData, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
  page: async ({ launched }, use) => use(await launched.page()),
  window: async ({ page }, use) => use(new SluiceWindow(page)),
})
export { expect }
