/** The main job, end to end: real vsftpd, real clamd, the real window. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eicar } from '../testing/eicar.ts'
import { dropFiles } from './fixture.ts'
import { expect, test } from './main-job-fixture.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Names that must not be left behind anywhere: part files and temporary names. */
const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('sluice-part'))

test.describe('over TLS', () => {
  test.use({ serverOptions: { tls: 'explicit', requireReuse: true } })

  test('an unknown certificate is shown; refused it ends the attempt, trusted it connects', async ({
    server,
    window,
    page,
  }) => {
    await window.connect(server, 'explicit')
    const dialog = page.getByRole('alertdialog')
    await expect(dialog).toContainText('127.0.0.1')
    await expect(dialog).toContainText(server.fingerprint)
    await dialog.getByRole('button', { name: 'Do not connect' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'certificate' })).toBeVisible()
    // Nobody logs in on a connection that is not trusted.
    expect(server.commands().filter((command) => command.startsWith('USER'))).toEqual([])

    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await dialog.getByRole('button', { name: 'Always trust' }).click()
    await window.connected()
    await expect(page.getByRole('contentinfo')).toContainText('TLS')

    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await window.connected()
    await expect(dialog).toHaveCount(0)
  })

  test('a file dragged up is scanned, says OK, and arrives byte for byte', async ({
    server,
    window,
    page,
    localFolder,
  }) => {
    const bytes = randomBytes(3_000_000)
    writeFileSync(join(localFolder, 'holiday photo.jpg'), bytes)
    await window.connect(server, 'explicit')
    await page.getByRole('button', { name: 'Trust once' }).click()
    await window.connected()
    await window.open('Local', localFolder)

    await window.drag('Local', 'holiday photo.jpg')
    await expect(window.transfer('holiday photo.jpg')).toContainText('OK')
    await expect(window.row('Remote', 'holiday photo.jpg')).toBeVisible()
    expect(sha256(readFileSync(join(server.root, 'holiday photo.jpg')))).toBe(sha256(bytes))
    expect(leftovers(server.root)).toEqual([])
  })
})

test.describe('over plain FTP', () => {
  test.beforeEach(async ({ server, window, localFolder }) => {
    // Sources are made by each test before the panes are looked at.
    await window.connect(server, 'plain')
    await window.connected()
    await window.open('Local', localFolder)
  })

  test('a folder dragged down arrives with everything in it', async ({ server, window, localFolder }) => {
    const files = { 'a.txt': 'a\n', 'deep/b ü.bin': randomBytes(200_000), 'deep/deeper/empty': '' }
    for (const folder of ['album/deep/deeper', 'album/nothing in here'])
      mkdirSync(join(server.root, folder), { recursive: true })
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(server.root, 'album', name), bytes)
    await window.pane('Remote').getByRole('button', { name: 'Refresh' }).click()

    await window.drag('Remote', 'album')
    await expect(window.transfer('b ü.bin')).toContainText('OK')
    await expect(window.transfer('empty')).toContainText('OK')
    await expect(window.row('Local', 'album')).toBeVisible()
    for (const [name, bytes] of Object.entries(files)) {
      await expect.poll(() => existsSync(join(localFolder, 'album', name))).toBe(true)
      expect(readFileSync(join(localFolder, 'album', name))).toEqual(Buffer.from(bytes))
    }
    expect(existsSync(join(localFolder, 'album/nothing in here'))).toBe(true)
    expect(leftovers(localFolder)).toEqual([])
  })

  test('EICAR up is blocked and the server never sees STOR', async ({ server, window, localFolder }) => {
    writeFileSync(join(localFolder, 'invoice.com'), eicar())
    await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
    await window.drag('Local', 'invoice.com')
    await expect(window.transfer('invoice.com')).toContainText('INFECTED')
    await expect(window.transfer('invoice.com')).toContainText('Eicar')
    expect(server.commands().filter((command) => command.startsWith('STOR'))).toEqual([])
    expect(readdirSync(server.root)).toEqual([])
  })

  test('EICAR down is quarantined and never gets its name', async ({ server, window, page, localFolder, launched }) => {
    writeFileSync(join(server.root, 'invoice.com'), eicar())
    await window.pane('Remote').getByRole('button', { name: 'Refresh' }).click()
    await window.drag('Remote', 'invoice.com')
    await expect(window.transfer('invoice.com')).toContainText('INFECTED')
    expect(readdirSync(localFolder).filter((name) => name.includes('invoice'))).toEqual([])

    await window.openTab('Quarantine')
    const item = page.getByRole('tabpanel', { name: 'Quarantine' }).getByRole('row').filter({ hasText: 'invoice.com' })
    await expect(item).toContainText('Eicar')
    const held = readdirSync(join(launched.userData, 'quarantine')).filter((name) => name.endsWith('.quarantined'))
    expect(held).toHaveLength(1)
    expect(readFileSync(join(launched.userData, 'quarantine', held[0] ?? ''))).toEqual(eicar())
  })

  test('rename, delete and new folder by right-click', async ({ server, window, page }) => {
    writeFileSync(join(server.root, 'draft.txt'), 'x')
    mkdirSync(join(server.root, 'old/deep'), { recursive: true })
    writeFileSync(join(server.root, 'old/deep/file'), 'x')
    await window.pane('Remote').getByRole('button', { name: 'Refresh' }).click()

    await window.row('Remote', 'draft.txt').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('final version.txt')
    await page.keyboard.press('Enter')
    await expect(window.row('Remote', 'final version.txt')).toBeVisible()
    expect(existsSync(join(server.root, 'final version.txt'))).toBe(true)

    await window.row('Remote', 'final version.txt').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'New folder' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('drafts')
    await page.keyboard.press('Enter')
    await expect(window.row('Remote', 'drafts')).toBeVisible()
    expect(existsSync(join(server.root, 'drafts'))).toBe(true)

    await window.row('Remote', 'old').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await expect(window.row('Remote', 'old')).toHaveCount(0)
    expect(readdirSync(server.root).sort()).toEqual(['drafts', 'final version.txt'])
  })

  test('a file dropped from the operating system goes up', async ({ server, window, page, localFolder }) => {
    const bytes = randomBytes(50_000)
    mkdirSync(join(localFolder, 'desktop'))
    writeFileSync(join(localFolder, 'desktop/dropped ünï.bin'), bytes)
    await dropFiles(page, 'section[aria-label="Remote files"]', [join(localFolder, 'desktop/dropped ünï.bin')])
    await expect(window.transfer('dropped ünï.bin')).toContainText('OK')
    await expect(window.row('Remote', 'dropped ünï.bin')).toBeVisible()
    expect(readFileSync(join(server.root, 'dropped ünï.bin'))).toEqual(bytes)
  })

  test('the agent killed in mid-scan: ERROR, nothing passes; it comes back and a retry works', async ({
    server,
    clamd,
    window,
    page,
    launched,
    localFolder,
  }) => {
    const bytes = randomBytes(40_000_000)
    writeFileSync(join(localFolder, 'report.bin'), bytes)
    await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
    // A scanner that holds its breath: the scan is certainly under way when the agent dies.
    clamd.pause()
    await window.drag('Local', 'report.bin')
    await expect(window.transfer('report.bin')).toContainText(/Scanning [1-9]/)
    process.kill(agentProcess(launched.app.process().pid), 'SIGKILL')
    await expect(window.transfer('report.bin')).toContainText('ERROR')
    expect(server.commands().filter((command) => command.startsWith('STOR'))).toEqual([])

    clamd.resume()
    await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
    await window.transfer('report.bin').getByRole('button', { name: 'Retry' }).click()
    await expect(window.transfer('report.bin')).toContainText('OK')
    await expect.poll(() => existsSync(join(server.root, 'report.bin'))).toBe(true)
    expect(sha256(readFileSync(join(server.root, 'report.bin')))).toBe(sha256(bytes))
  })
})

test('a wrong password is said plainly and can be corrected', async ({ server, window, page }) => {
  await window.connect({ ...server, password: 'not this one' }, 'plain')
  await expect(page.getByRole('alert').filter({ hasText: /password|login/i })).toBeVisible()
  await page.getByRole('textbox', { name: 'Password' }).fill(server.password)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await window.connected()
})

test.describe('with a slow server', () => {
  test.use({ serverOptions: { config: { local_max_rate: '300000' } } })

  test('killed in mid-transfer: the row says so, nothing half-written has the name', async ({
    server,
    window,
    localFolder,
  }) => {
    writeFileSync(join(server.root, 'big.bin'), randomBytes(6_000_000))
    await window.connect(server, 'plain')
    await window.connected()
    await window.open('Local', localFolder)
    await window.drag('Remote', 'big.bin')
    await expect.poll(() => leftovers(localFolder)).toHaveLength(1)
    server.kill()
    await expect(window.transfer('big.bin')).toContainText('Failed', { timeout: 60_000 })
    expect(existsSync(join(localFolder, 'big.bin'))).toBe(false)
    await expect.poll(() => leftovers(localFolder)).toEqual([])
  })
})

/** The agent's process: the app's child that runs its bundle. */
function agentProcess(appPid: number | undefined): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), ...processInfo(pid) }))
  const descendants = new Set([appPid])
  for (let grown = true; grown;) {
    grown = false
    for (const child of children) {
      if (descendants.has(child.parent) && !descendants.has(child.pid)) {
        descendants.add(child.pid)
        grown = true
      }
    }
  }
  const agent = children.find((child) => descendants.has(child.pid) && child.command.includes('agent.js'))
  if (!agent) throw new Error('The app has no agent process')
  return agent.pid
}

function processInfo(pid: string): { parent: number; command: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return {
      parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    }
  } catch {
    // Ended while we were looking.
    return { parent: 0, command: '' }
  }
}
