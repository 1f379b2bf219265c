/** The console panel: the same session, queue and scanner as the panes, by keyboard. Real vsftpd, real clamd. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import { eicar } from '../testing/eicar.ts'
import { violations } from './fixture.ts'
import { expect, filesWith, test } from './main-job-fixture.ts'

test.describe('over TLS', () => {
  test.use({ serverOptions: { tls: 'explicit' } })

  test('a login asks for a hidden password that is shown and kept nowhere', async ({
    server,
    window,
    page,
    launched,
  }) => {
    await window.openTab('Console')
    await expect(window.output).toContainText('help')
    await expect(window.commandLine).toBeFocused()
    await window.begin(`open 127.0.0.1 ${server.port}`)
    await window.answer(/^User at/, server.user)
    const field = page.getByLabel(/^Password of/)
    await expect(field).toBeFocused()
    await expect(field).toHaveAttribute('type', 'password')
    await page.keyboard.type(server.password)
    // A controlled field would write it into the page.
    expect(await page.content()).not.toContain(server.password)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Trust once' }).click()
    await expect(window.output).toContainText('Logged in to 127.0.0.1')
    await window.connected()
    await expect(window.commandLine).toBeFocused()
    await expect(page.getByRole('textbox', { name: 'Host' })).toHaveValue('127.0.0.1')
    await expect(page.getByRole('textbox', { name: 'Port' })).toHaveValue(String(server.port))
    await expect(page.getByRole('textbox', { name: 'User' })).toHaveValue(server.user)
    await expect(page.getByRole('textbox', { name: 'Password' })).toHaveValue('')

    // Up goes through commands, never through answers.
    await window.commandLine.press('ArrowUp')
    await expect(window.commandLine).toHaveValue(`open 127.0.0.1 ${server.port}`)
    await window.commandLine.press('ArrowUp')
    await expect(window.commandLine).toHaveValue(`open 127.0.0.1 ${server.port}`)
    await window.commandLine.press('ArrowDown')
    await expect(window.commandLine).toHaveValue('')
    await window.run('history')
    expect(await page.content()).not.toContain(server.password)
    expect(filesWith(launched.userData, server.password)).toEqual([])
  })

  test('status says what the status page says', async ({ server, window, page }) => {
    await window.connect(server, 'explicit')
    await page.getByRole('button', { name: 'Trust once' }).click()
    await window.connected()
    await window.openTab('Console')
    await window.run('status')
    const printed = await window.output.innerText()

    await page.getByRole('contentinfo').getByRole('button', { name: /TLS/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Status' })
    const value = (section: string, term: string) =>
      dialog
        .getByRole('region', { name: section, exact: true })
        .locator('dl > div')
        .filter({ has: page.getByText(term, { exact: true }) })
        .locator('dd')
    await expect(value('Session', 'User')).toHaveText(server.user)
    await expect(value('Session', 'SHA-256')).toHaveText(server.fingerprint)
    for (const term of ['User', 'TLS', 'Cipher', 'Certificate for', 'Issued by', 'SHA-256', 'Features']) {
      expect(printed, term).toContain(await value('Session', term).innerText())
    }
    for (const term of ['Remote folder', 'Local folder'])
      expect(printed).toContain(await value('Folders', term).innerText())
    expect(printed).toContain(await value('Scanner', 'Signatures').innerText())
    const reply = await dialog.getByRole('region', { name: 'Server', exact: true }).innerText()
    expect(reply).toContain('vsFTPd')
    const clean = (text: string): string => text.replaceAll(/\s+/g, ' ')
    const lines = reply.split('\n').slice(1)
    for (const line of lines) expect(clean(printed)).toContain(clean(line).trim())

    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Refresh' }).click()
    await expect(dialog.getByRole('button', { name: 'Refresh' })).toBeEnabled()
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  })
})

test('panes and console are in the same folders, whoever goes', async ({ server, window, page, localFolder }) => {
  mkdirSync(join(server.root, 'pub/deep'), { recursive: true })
  mkdirSync(join(localFolder, 'work'))
  writeFileSync(join(server.root, 'pub/readme.txt'), 'x'.repeat(1234))
  await window.openPlain(server)
  await expect(window.row('Remote', 'pub')).toBeVisible()
  const remote = window.pane('Remote').getByRole('textbox', { name: 'Path' })
  const listings = (): number => server.commands().filter((command) => /^(LIST|MLSD|NLST)/.test(command)).length
  const before = listings()
  await window.run('cd pub')
  await expect(remote).toHaveValue('/pub')
  await expect(window.row('Remote', 'readme.txt')).toBeVisible()
  // The pane lists once; what it follows is not told back and followed again.
  expect(listings()).toBe(before + 1)
  await window.run('ls')
  await expect(window.output).toContainText('readme.txt')
  await expect(window.output).toContainText('1,234')

  await window.row('Remote', 'deep').dblclick()
  await expect(remote).toHaveValue('/pub/deep')
  await expect(window.commandLine).toHaveAccessibleDescription(/127\.0\.0\.1:\/pub\/deep>/)
  await window.run('cd -')
  await expect(remote).toHaveValue('/pub')
  await window.run('lcd work')
  await expect(window.pane('Local').getByRole('textbox', { name: 'Path' })).toHaveValue(join(localFolder, 'work'))
  await window.run('mkdir made')
  await expect(window.row('Remote', 'made')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('a path that is being typed outlives a pane that the console moves', async ({ window, page, localFolder }) => {
  mkdirSync(join(localFolder, 'work'))
  const local = window.pane('Local')
  const path = local.getByRole('textbox', { name: 'Path' })
  await path.fill('/half of a')
  // As a command does that takes its time.
  await page.evaluate(() => globalThis.window.sluice?.invoke('console.run', 'lcd work'))
  await expect(path).toHaveAttribute('title', join(localFolder, 'work'))
  await expect(path).toBeFocused()
  await expect(path).toHaveValue('/half of a')
  await path.press('Escape')
  await expect(path).toHaveValue(join(localFolder, 'work'))
})

test('one key leads to the console and back to the files, from either pane', async ({ server, window, page }) => {
  await window.openPlain(server)
  for (const side of ['Remote', 'Local'] as const) {
    await window.pane(side).getByRole('grid').focus()
    await page.keyboard.press('ControlOrMeta+j')
    await expect(window.commandLine).toBeFocused()
    await page.keyboard.press('ControlOrMeta+j')
    await expect(window.pane(side).getByRole('grid')).toBeFocused()
  }
})

test('put and get pass the scanner and stand in the transfer list', async ({
  server,
  window,
  page,
  localFolder,
  launched,
}) => {
  const bytes = randomBytes(200_000)
  writeFileSync(join(localFolder, 'a report.bin'), bytes)
  writeFileSync(join(localFolder, 'invoice.com'), eicar())
  writeFileSync(join(server.root, 'setup.com'), eicar())
  await window.openPlain(server)
  await window.run('put "a report.bin"')
  await expect(window.output).toContainText('OK  a report.bin')
  expect(readFileSync(join(server.root, 'a report.bin'))).toEqual(bytes)
  await window.run('put invoice.com')
  await expect(window.output).toContainText(/INFECTED.*invoice\.com.*not sent/)
  expect(existsSync(join(server.root, 'invoice.com'))).toBe(false)
  await window.run('get setup.com')
  await expect(window.output).toContainText(/INFECTED.*setup\.com.*quarantined/)
  expect(existsSync(join(localFolder, 'setup.com'))).toBe(false)
  expect(await violations(page)).toEqual([])

  await window.openTab('Transfers')
  await expect(window.transfer('a report.bin')).toContainText('OK')
  await expect(window.transfer('invoice.com')).toContainText('INFECTED')
  await expect(window.transfer('setup.com')).toContainText('INFECTED')
  await window.openTab('Quarantine')
  await expect(page.getByRole('tabpanel', { name: 'Quarantine' }).getByRole('row', { name: 'setup.com' })).toBeVisible()
  const held = readdirSync(join(launched.userData, 'quarantine')).filter((name) => name.endsWith('.quarantined'))
  expect(held).toHaveLength(1)
})

test('mput asks for each file until somebody says all', async ({ server, window, page, localFolder }) => {
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) writeFileSync(join(localFolder, name), name)
  await window.openPlain(server)
  await window.begin('mput *.txt')
  await window.answer(/^Upload a\.txt\?/, 'n')
  await window.answer(/^Upload b\.txt\?/, 'y')
  await expect(page.getByLabel(/^Upload c\.txt\?/)).toBeFocused()
  expect(await violations(page)).toEqual([])
  await page.keyboard.type('all')
  await page.keyboard.press('Enter')
  await expect(window.commandLine).toBeFocused()
  await expect(window.output).toContainText('3 of 3 files')
  expect(readdirSync(server.root).sort()).toEqual(['b.txt', 'c.txt', 'd.txt'])

  // Another tab says that the console waits; a cancel ends question and command.
  await window.begin('mput *.txt')
  await expect(page.getByLabel(/^Upload a\.txt\?/)).toBeVisible()
  await window.openTab('Transfers')
  await expect(page.getByRole('tab', { name: 'Console' })).toContainText('asks')
  await window.openTab('Console')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(window.commandLine).toBeVisible()
})

test('keys: Tab completes and lists, Up recalls, Escape and Ctrl+L clear, Shift+Tab leaves', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  writeFileSync(join(server.root, 'catalogue.csv'), 'x')
  writeFileSync(join(server.root, 'catalogue old.csv'), 'x')
  writeFileSync(join(localFolder, 'notes.txt'), 'x')
  await window.openPlain(server)
  const line = window.commandLine
  await line.pressSequentially('stat')
  await line.press('Tab')
  await expect(line).toHaveValue('status ')
  await line.press('Escape')
  await expect(line).toHaveValue('')

  await line.pressSequentially('put no')
  await line.press('Tab')
  await expect(line).toHaveValue('put notes.txt ')
  await line.fill('size cat')
  await line.press('Tab')
  await expect(line).toHaveValue(/^size "?catalogue/)
  await expect(window.output).not.toContainText('catalogue old.csv')
  await line.press('Tab')
  await expect(window.output).toContainText('catalogue old.csv')
  await line.press('Escape')

  await window.run('pwd')
  await window.run('size catalogue.csv')
  await line.press('ArrowUp')
  await line.press('ArrowUp')
  await expect(line).toHaveValue('pwd')
  await line.press('ArrowDown')
  await expect(line).toHaveValue('size catalogue.csv')
  await line.press('Control+l')
  await expect(window.output).not.toContainText('Logged in')
  await expect(line).toHaveValue('size catalogue.csv')
  await line.press('Shift+Tab')
  await expect(window.output).toBeFocused()
  await window.output.click()
  await expect(line).toBeFocused()
  // F6 goes round the regions, and in the console to where one types.
  await page.keyboard.press('F6')
  await expect(line).not.toBeFocused()
  await page.keyboard.press('Shift+F6')
  await expect(line).toBeFocused()
})

test.describe('with a slow server', () => {
  test.use({ serverOptions: { config: { local_max_rate: '200000' } } })

  test('a get shows how far it is; Stop or Ctrl+C ends it, and only it', async ({
    server,
    window,
    page,
    localFolder,
  }) => {
    writeFileSync(join(server.root, 'big.bin'), randomBytes(8_000_000))
    await window.openPlain(server)
    await window.begin('get big.bin')
    const bar = page.getByRole('progressbar', { name: 'Progress of the command' })
    await expect(bar).toHaveAttribute('aria-valuenow', /[1-9]/)
    await expect(page.getByRole('tabpanel', { name: 'Console' })).toContainText(/kB\/s|MB\/s/)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(bar).toHaveCount(0)
    await expect(window.output).toContainText('CANCELLED  big.bin')
    await window.openTab('Transfers')
    await expect(window.transfer('big.bin')).toContainText('Cancelled')
    await window.openTab('Console')

    await window.begin('get big.bin')
    await expect(bar).toBeVisible()
    await window.commandLine.press('Control+c')
    await expect(bar).toHaveCount(0)
    expect(existsSync(join(localFolder, 'big.bin'))).toBe(false)
    await window.run('pwd')
    await expect(window.commandLine).toHaveAccessibleDescription(/127\.0\.0\.1:\/>/)
  })

  test('the progress of a file with a long name stays within the panel', async ({ server, window, page }) => {
    await page.setViewportSize({ width: 1024, height: 700 })
    const name = `${'minutes of the general assembly '.repeat(4)}.docx`
    writeFileSync(join(server.root, name), randomBytes(4_000_000))
    await window.openPlain(server)
    await window.begin(`get "${name}"`)
    const panel = page.getByRole('tabpanel', { name: 'Console' })
    await expect(panel).toContainText(/kB\/s|MB\/s/)
    const right = async (element: Locator): Promise<number> => {
      const box = await element.boundingBox()
      return box ? box.x + box.width : NaN
    }
    expect(await right(page.getByRole('progressbar', { name: 'Progress of the command' }))).toBeLessThan(
      await right(panel),
    )
    await page.getByRole('button', { name: 'Stop' }).click()
  })
})

test('scanning switched off is said all over the window, and no row claims a scan', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  writeFileSync(join(localFolder, 'up.txt'), 'x')
  await window.openPlain(server)
  await window.begin('scan off up')
  await window.answer(/^Move files without a scan/, 'y')
  const banner = page.getByRole('alert').filter({ hasText: 'Uploads are not scanned for viruses' })
  await expect(banner).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('Uploads are not scanned')
  expect(await violations(page)).toEqual([])
  await window.run('put up.txt')
  await expect(window.output).toContainText('NOT SCANNED  up.txt')
  await window.openTab('Transfers')
  await expect(window.transfer('up.txt')).toContainText('NOT SCANNED')
  await expect(window.transfer('up.txt')).not.toContainText('OK')
  expect(await violations(page)).toEqual([])

  await window.openTab('Console')
  await window.begin('scan off')
  await window.answer(/^Move files without a scan/, 'y')
  await expect(page.getByRole('alert').filter({ hasText: 'Nothing is scanned' })).toBeVisible()
  await page.getByRole('button', { name: 'Scan again' }).click()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await window.run('put up.txt two.txt')
  await expect(window.output).toContainText('OK  up.txt')
  await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
})

test('the menu asks before it stops scanning, with the harmless answer focused', async ({ window, page }) => {
  await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
  const entry = page.getByRole('menuitemcheckbox', { name: 'Scan files' })
  const choose = async (): Promise<void> => {
    await page.getByRole('menubar').getByRole('menuitem', { name: 'Transfers' }).click()
    await entry.click()
  }
  const question = page.getByRole('alertdialog', { name: 'Stop scanning files?' })
  await choose()
  await expect(question.getByRole('button', { name: 'Go on scanning' })).toBeFocused()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(question).toHaveCount(0)
  await expect(page.getByRole('alert')).toHaveCount(0)

  await choose()
  await question.getByRole('button', { name: 'Stop scanning' }).click()
  await expect(page.getByRole('alert')).toContainText('Nothing is scanned')
  await page.getByRole('menubar').getByRole('menuitem', { name: 'Transfers' }).click()
  await expect(entry).toHaveAttribute('aria-checked', 'false')
  await page.keyboard.press('Escape')
  await window.openTab('Console')
  await window.run('scan on')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test.describe('with two accounts', () => {
  test.use({
    serverOptions: {
      users: [
        { name: 'ada', password: 'first secret' },
        { name: 'mara', password: 'second secret' },
      ],
    },
  })

  test('a login begins in the folder of its address, whoever gives it; pane and console agree all the way', async ({
    server,
    window,
    page,
  }) => {
    mkdirSync(join(server.root, 'pub/deep'), { recursive: true })
    const remote = window.pane('Remote').getByRole('textbox', { name: 'Path' })
    const at = async (folder: string): Promise<void> => {
      await expect(remote).toHaveValue(folder)
      await expect(window.commandLine).toHaveAccessibleDescription(`127.0.0.1:${folder}>`)
      await expect(window.pane('Remote').getByRole('button', { name: 'Refresh' })).toBeEnabled()
    }
    await window.openTab('Console')
    await window.begin(`open ftp://ada@127.0.0.1:${server.port}/pub`)
    await window.answer(/^Password of ada/, 'first secret')
    await at('/pub')
    await window.run('cd deep; cd ..; cd /; cd pub/deep')
    await at('/pub/deep')
    await window.begin('user mara')
    await window.answer(/^Password of mara/, 'second secret')
    await at('/')
    await expect(page.getByRole('textbox', { name: 'User' })).toHaveValue('mara')
    await window.run('close')
    await expect(window.pane('Remote')).toContainText('Not connected')

    await page.getByRole('textbox', { name: 'Host' }).fill(`ftp://ada@127.0.0.1:${server.port}/pub/deep`)
    await page.getByRole('textbox', { name: 'Password' }).fill('first secret')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await at('/pub/deep')
    // What the bar was told counts for its own login only.
    await window.run('close')
    await window.begin(`open ftp://ada@127.0.0.1:${server.port}`)
    await window.answer(/^Password of ada/, 'first secret')
    await at('/')
    await expect(page.getByRole('alert')).toHaveCount(0)
  })
})
