/** Sharing a folder: the page, the real server behind it, and curl as somebody else's program. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ElectronApplication, Locator, Page } from '@playwright/test'
import { EVENT_CHANNEL } from '../common/ipc.ts'
import { shareConfigSchema } from '../common/share.ts'
import { eicar } from '../testing/eicar.ts'
import { peer } from '../testing/peers.ts'
import { curl, curlArguments, type Login } from './curl.ts'
import { answerFileDialogs, noteProcesses, violations } from './fixture.ts'
import { expect, test } from './main-job-fixture.ts'

/** The page for sharing, by what is written on it. */
class Sharing {
  readonly page: Page
  readonly app: ElectronApplication

  constructor(page: Page, app: ElectronApplication) {
    this.page = page
    this.app = app
  }

  get region(): Locator {
    return this.page.getByRole('region', { name: 'Share a folder' })
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Share', exact: true }).click()
    await expect(this.region).toBeVisible()
  }

  async tab(name: 'Settings' | 'Accounts' | 'Live' | 'Audit log'): Promise<void> {
    await this.region.getByRole('tab', { name }).click()
  }

  /** Chooses the folder and any free port, and starts. @returns the account that was made, and the port */
  async start(folder: string): Promise<{ name: string; password: string; port: number }> {
    await answerFileDialogs(this.app, folder)
    await this.region.getByRole('button', { name: 'Choose: Folder' }).click()
    await expect(this.region.getByRole('textbox', { name: 'Folder', exact: true })).toHaveValue(folder)
    await this.region.getByRole('textbox', { name: 'Port', exact: true }).fill('0')
    await this.region.getByRole('button', { name: 'Start sharing' }).click()
    const first = this.page.getByRole('alertdialog', { name: 'Your first account' })
    await expect(first).toContainText('shown once')
    const [name = '', password = ''] = await first.getByRole('definition').allTextContents()
    await first.getByRole('button', { name: 'I have noted it' }).click()
    await expect(first).toHaveCount(0)
    return { name, password, port: await this.port() }
  }

  async port(): Promise<number> {
    const address = this.region.getByRole('radio', { name: /^ftp:\/\// }).first()
    await expect(address).toBeVisible()
    const label = await this.region.locator('.share-url').first().textContent()
    return Number(/:(\d+)$/.exec(label ?? '')?.[1])
  }

  row(table: string, name: string | RegExp): Locator {
    return this.region.getByRole('table', { name: table }).getByRole('row', { name })
  }

  /** The password in the dialog that shows it once. */
  async noted(title: string): Promise<string> {
    const shown = this.page.getByRole('alertdialog', { name: title })
    await expect(shown).toBeVisible()
    const [, password = ''] = await shown.getByRole('definition').allTextContents()
    await shown.getByRole('button', { name: 'I have noted it' }).click()
    await expect(shown).toHaveCount(0)
    return password
  }
}

/** More than the system takes from the server before anybody has read it. */
const BIG = 40_000_000

/** curl's exit code: 0 when all went well, 67 when the login was refused. */
const curlFails = async (login: Login, path: string): Promise<number> =>
  curl(login, path).then(
    () => 0,
    (error: { code: number }) => error.code,
  )

const endedOf = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

test('share a folder: start, first password, a stranger’s program, live, audit log, kick, stop', async ({
  app,
  page,
  localFolder,
}) => {
  const sharing = new Sharing(page, app)
  const folder = join(localFolder, 'shared')
  mkdirSync(folder)
  writeFileSync(join(folder, 'big.bin'), Buffer.alloc(BIG, 7))
  await sharing.open()
  await expect(sharing.region).toContainText('Stopped')

  // Without a folder it does not start, and says where to mend that.
  await sharing.region.getByRole('button', { name: 'Start sharing' }).click()
  const folderField = sharing.region.getByRole('textbox', { name: 'Folder', exact: true })
  await expect(folderField).toBeFocused()
  await expect(folderField).toHaveAccessibleDescription(/Choose the folder to share first/)

  const login = await sharing.start(folder)
  await expect(sharing.region.getByText(/^Running/)).toBeVisible()
  await expect(sharing.region.getByRole('img', { name: /^QR code of ftp:\/\/127\.0\.0\.1:/ })).toBeVisible()
  await expect(sharing.region.getByRole('code')).toHaveText(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)

  expect(await curl(login, '/')).toContain('big.bin')
  const upload = join(localFolder, 'from outside.txt')
  writeFileSync(upload, 'brought by curl')
  await curl(login, '/from%20outside.txt', '-T', upload)
  expect(readFileSync(join(folder, 'from outside.txt'), 'utf8')).toBe('brought by curl')
  const virus = join(localFolder, 'invoice.com')
  writeFileSync(virus, eicar())
  await expect(curl(login, '/invoice.com', '-T', virus)).rejects.toThrow()
  expect(existsSync(join(folder, 'invoice.com'))).toBe(false)

  await test.step('audit log: what happened, filtered, exported', async () => {
    await sharing.tab('Audit log')
    const log = sharing.region.getByRole('table', { name: 'Audit log' })
    await expect(log.getByRole('row').filter({ hasText: 'from outside.txt' })).toContainText('OK, scanned')
    await expect(log.getByRole('row').filter({ hasText: 'invoice.com' })).toContainText('INFECTED')
    await expect(log.getByRole('row').filter({ hasText: 'Server started' })).toBeVisible()
    await sharing.region.getByRole('searchbox', { name: 'Filter the audit log' }).fill('invoice')
    await expect(log.getByRole('row')).toHaveCount(2)
    await sharing.region.getByRole('combobox', { name: 'Result' }).selectOption('ok')
    await expect(sharing.region.getByText('Nothing here with this filter')).toBeVisible()
    await sharing.region.getByRole('combobox', { name: 'Result' }).selectOption('')
    await sharing.region.getByRole('searchbox').press('Escape')
    await expect(sharing.region.getByRole('searchbox')).toHaveValue('')
    await sharing.region.getByRole('combobox', { name: 'Kind' }).selectOption('Transfers')
    await expect(log.getByRole('row')).toHaveCount(3)
    await expect(log).not.toContainText('Server started')
    const exported = join(localFolder, 'log.json')
    await answerFileDialogs(app, exported)
    await sharing.region.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'JSON, for programs' }).click()
    await expect(page.getByText(/2 entries written to/).first()).toBeVisible()
    expect(readFileSync(exported, 'utf8')).toContain('invoice.com')
  })

  await test.step('live: a session and its transfer, disconnected', async () => {
    await sharing.tab('Live')
    await expect(sharing.region.getByText('Nobody is connected')).toBeVisible()
    const fetched = spawn(peer('curl'), curlArguments(login, '/big.bin', ...['--limit-rate', '20k', '-o', '/dev/null']))
    const ended = endedOf(fetched)
    const session = sharing.row('Sessions', `${login.name} at 127.0.0.1`)
    await expect(session).toContainText('TLSv1.3')
    await expect(session).toContainText('RETR')
    await expect(sharing.row('Transfers of others', '/big.bin')).toContainText('Downloading')
    await session.getByRole('button', { name: /^Disconnect/ }).click()
    await expect(sharing.region.getByText('Nobody is connected')).toBeVisible()
    // It would go on reading slowly what the system has taken for it.
    fetched.kill()
    await ended
  })

  await test.step('the log can be cleared, and says so', async () => {
    await sharing.tab('Audit log')
    await sharing.region.getByRole('combobox', { name: 'Kind' }).selectOption('')
    await expect(sharing.region.getByRole('table', { name: 'Audit log' })).toContainText('Disconnected')
    await sharing.region.getByRole('button', { name: 'Clear…' }).click()
    const ask = page.getByRole('alertdialog', { name: 'Clear the whole audit log?' })
    await expect(ask).toContainText('itself written')
    await expect(ask.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await ask.getByRole('button', { name: 'Clear', exact: true }).click()
    await expect(sharing.row('Audit log', /Log cleared/)).toBeVisible()
    await expect(sharing.region.getByRole('table', { name: 'Audit log' }).getByRole('row')).toHaveCount(2)
  })

  await test.step('the ports are tested and explained', async () => {
    await sharing.tab('Settings')
    await sharing.region.getByRole('button', { name: 'Test the ports' }).click()
    await expect(sharing.region.getByRole('img', { name: 'Reachable', exact: true }).first()).toBeVisible()
    // Said, not only shown by another sign.
    await sharing.region.getByRole('button', { name: 'Copy the fingerprint' }).click()
    await expect(sharing.region.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
  })

  await sharing.region.getByRole('button', { name: 'Stop sharing' }).click()
  await expect(sharing.region.getByText('Nobody can reach your files.')).toBeVisible()
  expect(await curlFails(login, '/')).toBe(7)
})

test('accounts: add, reset the password, disable, edit, remove', async ({ app, page, localFolder }) => {
  const sharing = new Sharing(page, app)
  const folder = join(localFolder, 'shared')
  mkdirSync(join(folder, 'olaf'), { recursive: true })
  writeFileSync(join(folder, 'olaf', 'for olaf.txt'), 'hello')
  await sharing.open()
  const { port } = await sharing.start(folder)
  await sharing.tab('Accounts')
  await sharing.region.getByRole('button', { name: 'Add account' }).click()
  const dialog = page.getByRole('dialog', { name: 'New account' })
  await dialog.getByRole('button', { name: 'Add account' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription('Type a name.')
  await page.keyboard.type('olaf')
  await answerFileDialogs(app, join(folder, 'olaf'))
  await dialog.getByRole('button', { name: 'Choose: Folder' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Folder' })).toHaveValue(join(folder, 'olaf'))
  await dialog.getByRole('textbox', { name: 'Room at most' }).fill('5 MB')
  await dialog.getByRole('button', { name: 'Add account' }).click()
  const password = await sharing.noted('The account is ready')
  const row = sharing.row('Accounts', 'olaf')
  await expect(row).toContainText('Reader')
  await expect(row).toContainText('5.0 MB')
  await expect(row).toContainText('Never')
  expect(await curl({ name: 'olaf', password, port }, '/')).toContain('for olaf.txt')
  await expect(row).not.toContainText('Never')

  await row.getByRole('button', { name: 'New password for olaf' }).click()
  const reset = page.getByRole('dialog', { name: 'New password for “olaf”' })
  await reset.getByRole('textbox', { name: 'Password' }).fill('short')
  await reset.getByRole('button', { name: 'Set the password' }).click()
  await expect(reset.getByRole('textbox', { name: 'Password' })).toHaveAccessibleDescription(/at least 8/)
  await reset.getByRole('button', { name: 'Suggest' }).click()
  await reset.getByRole('button', { name: 'Set the password' }).click()
  const other = await sharing.noted('The password is set')
  expect(await curlFails({ name: 'olaf', password, port }, '/')).toBe(67)
  expect(await curl({ name: 'olaf', password: other, port }, '/')).toContain('for olaf.txt')

  await row.getByRole('button', { name: 'Disable olaf' }).click()
  await expect(row).toContainText('Disabled')
  expect(await curlFails({ name: 'olaf', password: other, port }, '/')).toBe(67)
  await row.getByRole('button', { name: 'Edit olaf' }).click()
  const edit = page.getByRole('dialog', { name: 'Account “olaf”' })
  await edit.getByRole('radio', { name: 'Own rights' }).click()
  await edit.getByRole('checkbox', { name: 'Download' }).check()
  await edit.getByRole('checkbox', { name: 'Enabled' }).check()
  await edit.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText('Enabled')
  await expect(row).toContainText('Own rights')
  await row.getByRole('button', { name: 'Remove olaf' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove account' }).click()
  await expect(row).toHaveCount(0)
})

test('settings: wrong ones beside their fields, loud ones confirmed, what runs is restarted', async ({
  app,
  page,
  localFolder,
}) => {
  const sharing = new Sharing(page, app)
  const { region } = sharing
  await sharing.open()
  await sharing.start(localFolder)
  await region.getByRole('button', { name: /^Advanced/ }).click()
  await region.getByRole('textbox', { name: 'Connections in all' }).fill('none')
  await region.getByRole('button', { name: 'Save for later' }).click()
  await expect(region.getByRole('textbox', { name: 'Connections in all' })).toBeFocused()
  await expect(region.getByRole('textbox', { name: 'Connections in all' })).toHaveAccessibleDescription(/whole number/)
  await region.getByRole('textbox', { name: 'Connections in all' }).fill('20')

  await region.getByRole('checkbox', { name: /^Scan every upload/ }).click()
  const ask = page.getByRole('alertdialog', { name: 'Stop scanning uploads?' })
  await expect(ask.getByRole('button', { name: 'Go on scanning' })).toBeFocused()
  await ask.getByRole('button', { name: 'Stop scanning' }).click()
  await expect(region.getByRole('checkbox', { name: /^Scan every upload/ })).not.toBeChecked()
  await region.getByRole('combobox', { name: 'Encryption (TLS)' }).selectOption('allowed')
  await region.getByRole('radio', { name: 'This network' }).click()
  await expect(region.getByText('Other devices will be able to log in without encryption.')).toBeVisible()
  await region.getByRole('button', { name: 'Save for later' }).click()
  await expect(region.getByText('works after a restart')).toBeVisible()
  await region.getByRole('button', { name: 'Restart to apply' }).click()
  await expect(region.getByText('works after a restart')).toHaveCount(0)
  await expect(region.getByText('Nobody looks for viruses in what others upload.')).toBeVisible()
  await expect(region.getByText('Uploads are not scanned')).toBeVisible()
  await region.getByRole('button', { name: 'Scan again' }).click()
  await region.getByRole('button', { name: 'Restart to apply' }).click()
  await expect(region.getByText('Uploads are scanned')).toBeVisible()
})

test('a port that is taken: the reason in plain words, and another try', async ({ app, page, localFolder }) => {
  const sharing = new Sharing(page, app)
  const { region } = sharing
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const { port } = squatter.address() as AddressInfo
  await sharing.open()
  await region.getByRole('textbox', { name: 'Folder', exact: true }).fill(localFolder)
  await region.getByRole('textbox', { name: 'Port', exact: true }).fill(String(port))
  await region.getByRole('button', { name: 'Start sharing' }).click()
  await expect(region.getByText('Failed', { exact: true })).toBeVisible()
  await expect(region.getByRole('alert')).toContainText(String(port))
  await new Promise((closed) => squatter.close(closed))
  await region.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'I have noted it' }).click()
  await expect(region.getByText(/^Running/)).toBeVisible()
  expect(await sharing.port()).toBe(port)
})

test('by keyboard: there by its shortcut, through the parts, and back to where one was', async ({ window, page }) => {
  const rows = window.pane('Local').getByRole('grid')
  await rows.focus()
  await page.keyboard.press('ControlOrMeta+Shift+s')
  const region = page.getByRole('region', { name: 'Share a folder' })
  await expect(region).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(region.getByRole('button', { name: 'Back to files' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(region.getByRole('button', { name: 'Start sharing' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(region.getByRole('tab', { name: 'Settings' })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(region.getByText('No accounts yet')).toBeVisible()
  await page.keyboard.press('End')
  await expect(region.getByText('Nothing happened yet')).toBeVisible()
  // What lies under the page cannot be reached.
  await expect(window.pane('Local')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(rows).toBeFocused()
  // A shortcut of the panel leads back to the files.
  await page.keyboard.press('ControlOrMeta+Shift+s')
  await expect(region).toBeFocused()
  await page.keyboard.press('ControlOrMeta+3')
  await expect(page.getByRole('tab', { name: 'Protocol log' })).toBeFocused()
  await expect(region).toHaveCount(0)
})

test('by keyboard alone: an error found from another part, a start that keeps the focus, and Escape from nowhere', async ({
  app,
  page,
  localFolder,
}) => {
  const sharing = new Sharing(page, app)
  const { region } = sharing
  await sharing.open()
  await sharing.tab('Accounts')
  await region.getByRole('button', { name: 'Start sharing' }).press('Enter')
  await expect(region.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true')
  const folder = region.getByRole('textbox', { name: 'Folder', exact: true })
  await expect(folder).toBeFocused()
  await expect(folder).toHaveAccessibleDescription(/Choose the folder to share first/)
  // Only once: whoever comes back to the settings later stays where they are.
  await region.getByRole('tab', { name: 'Settings' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(region.getByRole('tab', { name: 'Accounts' })).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(folder).toBeVisible()
  await expect(region.getByRole('tab', { name: 'Settings' })).toBeFocused()

  await folder.fill(localFolder)
  await region.getByRole('textbox', { name: 'Port', exact: true }).fill('0')
  await region.getByRole('button', { name: 'Start sharing' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'I have noted it' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(region.getByRole('button', { name: 'Stop sharing' })).toBeFocused()
  await expect(region.getByRole('status').filter({ hasText: 'Running' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(region.getByRole('button', { name: 'Start sharing' })).toBeFocused()

  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('Escape')
  await expect(region).toHaveCount(0)
})

test('what stops says how long transfers have; what dies says when it is tried again, and can be told not to', async ({
  app,
  page,
  localFolder,
}, info) => {
  const sharing = new Sharing(page, app)
  const { region } = sharing
  const folder = join(localFolder, 'shared')
  mkdirSync(folder)
  writeFileSync(join(folder, 'big.bin'), Buffer.alloc(BIG, 7))
  const processes = await noteProcesses(app)
  await sharing.open()
  const login = await sharing.start(folder)
  const fetched = spawn(peer('curl'), curlArguments(login, '/big.bin', ...['--limit-rate', '20k', '-o', '/dev/null']))
  const ended = endedOf(fetched)
  await expect(region.getByText('1 session, 1 transfer')).toBeVisible()
  await region.getByRole('button', { name: 'Stop sharing' }).click()
  await expect(region.getByRole('status').filter({ hasText: '1 transfer may finish first, for 15 s' })).toBeVisible()
  await expect(region.getByRole('button', { name: 'Stopping…' })).toHaveAttribute('aria-disabled', 'true')
  await page.screenshot({ path: info.outputPath('stopping.png') })
  fetched.kill()
  await ended
  await expect(region.getByText('Nobody can reach your files.')).toBeVisible()

  await region.getByRole('button', { name: 'Start sharing' }).click()
  // The pauses grow: the third is long enough to be read.
  for (const deaths of [1, 2, 3]) {
    await expect(region.getByRole('status').filter({ hasText: 'Running' })).toBeVisible()
    await expect.poll(async () => (await processes()).length).toBe(1)
    const [pid = 0] = await processes()
    process.kill(pid, 'SIGKILL')
    await expect.poll(processes, `after death ${deaths}`).not.toContain(pid)
  }
  await expect(region.getByRole('timer')).toHaveText(/^Next try in [2-5] s\.$/)
  await expect(region.getByRole('alert')).toHaveText(
    /^The file server ended unexpectedly \(.*\)\. It is started again\.$/,
  )
  await page.screenshot({ path: info.outputPath('next-try.png') })
  await region.getByRole('button', { name: 'Stop trying' }).click()
  await expect(region.getByText('Nobody can reach your files.')).toBeVisible()
  await expect(region).toBeFocused()
})

test('a thousand sessions of strangers: only those in sight are in the page, and no name deceives', async ({
  app,
  page,
}) => {
  const sharing = new Sharing(page, app)
  await sharing.open()
  await sharing.tab('Live')
  await expect(sharing.region.getByText('The server does not run')).toBeVisible()
  // No server runs that could say otherwise.
  await app.evaluate(
    ({ BrowserWindow }, { config, channel }) => {
      const address = { url: 'ftp://127.0.0.1:2121', host: '127.0.0.1', port: 2121 }
      const status = {
        state: 'running',
        addresses: [{ ...address, implicit: false, reach: 'loopback', interface: 'lo' }],
        fingerprint: null,
        tlsRequired: true,
        scan: true,
        scanner: { state: 'starting' },
        startedAt: 0,
        sessions: 1500,
        transfers: 0,
        problems: [],
      }
      const sessions = Array.from({ length: 1000 }, (_, index) => ({
        id: index + 1,
        address: `2001:db8:1234:5678:9abc:def0:${index}:1`,
        account: `m\u202Eara${index}`,
        tls: 'TLSv1.3',
        connectedAt: 0,
        lastActivityAt: 0,
        command: 'CWD \u0007\u200b'.repeat(40),
        folder: '/x'.repeat(900),
      }))
      const [window] = BrowserWindow.getAllWindows()
      window?.webContents.send(channel, [{ type: 'share', share: { status, config, restartNeeded: false } }])
      window?.webContents.send(channel, [{ type: 'share-live', sessions, transfers: [] }])
    },
    { config: shareConfigSchema.parse({}), channel: EVENT_CHANNEL },
  )
  const table = sharing.region.getByRole('table', { name: 'Sessions' })
  await expect(table).toHaveAttribute('aria-rowcount', '1001')
  await expect(sharing.region.getByRole('heading', { name: 'Sessions' })).toContainText('1,000 newest of 1,500')
  expect(await table.getByRole('row').count()).toBeLessThan(60)
  await expect(table).toContainText('m⟨202E⟩ara0')
  expect(await table.textContent()).not.toMatch(/[\u0007\u200b\u202E]/)
  await table.focus()
  await page.keyboard.press('End')
  await expect(table).toContainText('m⟨202E⟩ara999')
  expect(await violations(page)).toEqual([])
})

test('try it with a shared folder, from the start page', async ({ window, page }) => {
  await page.getByRole('button', { name: 'Try it with a shared folder' }).click()
  await window.connected()
  await expect(window.pane('Remote').getByRole('row').nth(1)).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('TLS')
})

test('create an account where the server lets anybody', async ({ app, window, page, localFolder }) => {
  const sharing = new Sharing(page, app)
  const folder = join(localFolder, 'homes')
  mkdirSync(folder)
  await sharing.open()
  await sharing.region.getByRole('checkbox', { name: /^Let anybody make an account/ }).check()
  await answerFileDialogs(app, folder)
  await sharing.region.getByRole('button', { name: 'Choose: Their folders go in' }).click()
  const { name, port } = await sharing.start(folder)
  await sharing.region.getByRole('button', { name: 'Back to files' }).click()

  await window.connect({ port, user: 'newcomer', password: 'not known there' }, 'explicit')
  await page.getByRole('button', { name: 'Trust once' }).click()
  const offer = page.getByRole('button', { name: 'Create account' })
  await expect(offer).toBeVisible()
  // A new password must not go in plain text.
  await page.getByRole('combobox', { name: 'Protocol' }).selectOption('ftp')
  await expect(offer).toBeDisabled()
  await page.getByRole('combobox', { name: 'Protocol' }).selectOption('ftpes')
  await page.getByRole('textbox', { name: 'Port' }).fill(String(port))
  await offer.click()
  const dialog = page.getByRole('dialog', { name: 'Create account' })
  await dialog.getByRole('textbox', { name: 'New password' }).fill('short')
  await dialog.getByRole('button', { name: 'Create account and connect' }).click()
  await expect(dialog.getByRole('alert')).toContainText('at least 8')
  await expect(dialog.getByRole('textbox', { name: 'New password' })).toBeFocused()
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('textbox', { name: 'New password' }).fill('my new password')
  await dialog.getByRole('textbox', { name: 'The same again' }).fill('my new pass')
  await dialog.getByRole('button', { name: 'Create account and connect' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('The two passwords differ.')
  await expect(dialog.getByRole('textbox', { name: 'The same again' })).toBeFocused()
  await dialog.getByRole('textbox', { name: 'The same again' }).fill('my new password')
  // A name that is taken is changed where that is said.
  await dialog.getByRole('textbox', { name: 'User name' }).fill(name)
  await dialog.getByRole('button', { name: 'Create account and connect' }).click()
  await expect(dialog.getByRole('alert')).toContainText('taken')
  await dialog.getByRole('textbox', { name: 'User name' }).fill('newcomer')
  await dialog.getByRole('button', { name: 'Create account and connect' }).click()
  await expect(dialog).toHaveCount(0)
  await window.connected()
  expect(existsSync(join(folder, 'newcomer'))).toBe(true)
})

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ settings: { theme } })

    test('the page has no accessibility violation in any of its parts', async ({ app, page, localFolder }, info) => {
      test.slow() // seventeen looks at a page, each with a walk through its rules
      const sharing = new Sharing(page, app)
      const { region } = sharing
      const look = async (name: string): Promise<void> => {
        await page.mouse.move(0, 0)
        await page.screenshot({ path: info.outputPath(`${name}-${theme}.png`) })
        expect.soft(await violations(page), name).toEqual([])
      }
      const folder = join(localFolder, 'A folder with a rather long name that has to fit', 'somewhere on the page')
      mkdirSync(folder, { recursive: true })
      await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
      await look('start')
      await sharing.open()
      await look('stopped')
      await sharing.tab('Accounts')
      await look('no-accounts')
      await sharing.tab('Live')
      await look('not-running')
      await sharing.tab('Audit log')
      await expect(region.getByText('Nothing happened yet')).toBeVisible()
      await look('no-audit')
      await sharing.tab('Settings')
      await answerFileDialogs(app, folder)
      await region.getByRole('button', { name: 'Choose: Folder' }).click()
      await region.getByRole('textbox', { name: 'Port', exact: true }).fill('0')
      await region.getByRole('button', { name: 'Start sharing' }).click()
      const first = page.getByRole('alertdialog', { name: 'Your first account' })
      await expect(first).toBeVisible()
      await look('first-account')
      const [name = '', password = ''] = await first.getByRole('definition').allTextContents()
      await first.getByRole('button', { name: 'I have noted it' }).click()
      await expect(region.getByText(/^Running/)).toBeVisible()
      const port = await sharing.port()
      await region.getByRole('button', { name: 'Test the ports' }).click()
      await expect(region.getByRole('img', { name: 'Reachable', exact: true }).first()).toBeVisible()
      await look('running')

      await sharing.tab('Accounts')
      await region.getByRole('button', { name: 'Add account' }).click()
      await page.getByRole('dialog').getByRole('radio', { name: 'Own rights' }).click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Room at most' }).fill('plenty')
      await page.getByRole('dialog').getByRole('button', { name: 'Add account' }).click()
      await look('new-account')
      await page.getByRole('dialog').getByRole('textbox', { name: 'Room at most' }).fill('20 GB')
      await page
        .getByRole('dialog')
        .getByRole('textbox', { name: 'Name' })
        .fill('somebody.with-a-name+as-long-as@names.may-be.example.org-1234567')
      await page.getByRole('dialog').getByRole('button', { name: 'Add account' }).click()
      await expect(page.getByRole('alertdialog', { name: 'The account is ready' })).toBeVisible()
      await look('password-once')
      await sharing.noted('The account is ready')
      await look('accounts')

      const login = { name, password, port }
      writeFileSync(join(localFolder, 'virus.com'), eicar())
      await expect(curl(login, '/invoice.com', '-T', join(localFolder, 'virus.com'))).rejects.toThrow()
      expect(await curlFails({ name: 'ma\u202Efdp.ar', password: 'wrong password', port }, '/')).toBe(67)
      writeFileSync(
        join(folder, 'The minutes of the general assembly, second draft, with remarks.bin'),
        Buffer.alloc(BIG),
      )
      const file = '/The%20minutes%20of%20the%20general%20assembly,%20second%20draft,%20with%20remarks.bin'
      const fetched = spawn(peer('curl'), curlArguments(login, file, ...['--limit-rate', '20k', '-o', '/dev/null']))
      const ended = endedOf(fetched)
      const stranger = connect(port, '127.0.0.1').on('error', () => undefined)
      await sharing.tab('Live')
      await expect(region.getByRole('table', { name: 'Transfers of others' })).toBeVisible()
      await expect(region.getByRole('row', { name: 'not logged in at 127.0.0.1' })).toBeVisible()
      await look('live')
      stranger.destroy()
      fetched.kill()
      await ended
      await sharing.tab('Audit log')
      await expect(region.getByRole('table', { name: 'Audit log' })).toContainText('INFECTED')
      await expect(region.getByRole('table', { name: 'Audit log' })).not.toContainText('\u202E')
      await look('audit')

      await sharing.tab('Settings')
      await region.getByRole('button', { name: /^Advanced/ }).click()
      await region.getByRole('checkbox', { name: /^Scan every upload/ }).click()
      await look('stop-scanning')
      await page.getByRole('alertdialog').getByRole('button', { name: 'Stop scanning' }).click()
      await region.getByRole('combobox', { name: 'Encryption (TLS)' }).selectOption('allowed')
      await region.getByRole('radio', { name: 'This network' }).click()
      await region.getByRole('textbox', { name: 'Passive ports from' }).fill('6000')
      await region.getByRole('button', { name: 'Save and restart' }).click()
      await look('wrong-settings')
      await region.getByRole('textbox', { name: 'Passive ports to' }).fill('6100')
      await region.getByRole('button', { name: 'Save for later' }).click()
      await expect(region.getByText('works after a restart')).toBeVisible()
      await region.getByRole('button', { name: 'Restart to apply' }).click()
      await expect(region.getByText('Others can reach this server without encryption.')).toBeVisible()
      await look('loud')
    })
  })
}
