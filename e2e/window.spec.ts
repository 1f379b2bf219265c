/** The window beyond the main job: keyboard, questions, many rows, odd names, accessibility. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { violations } from './fixture.ts'
import { expect, filesWith, test } from './main-job-fixture.ts'

test('by keyboard alone: connect, walk, select, transfer, rename, delete', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  mkdirSync(join(localFolder, 'letters'))
  for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(localFolder, 'letters', name), name)
  await expect(page.getByRole('textbox', { name: 'Host' })).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('p')
  await page.keyboard.press('Tab')
  await page.keyboard.type('127.0.0.1')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(String(server.port))
  await page.keyboard.press('Tab')
  await page.keyboard.type(server.user)
  await page.keyboard.press('Tab')
  await page.keyboard.type(server.password)
  await page.keyboard.press('Enter')
  await window.connected()

  const local = window.pane('Local').getByRole('grid')
  await window.pane('Local').getByRole('button', { name: 'Refresh' }).press('Enter')
  await expect(window.row('Local', 'letters')).toBeVisible()
  await local.focus()
  await page.keyboard.type('letters')
  await page.keyboard.press('Enter')
  await expect(window.row('Local', 'a.txt')).toBeVisible()
  await local.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Enter')
  // Two files: asked first, and Enter says yes.
  await expect(page.getByRole('dialog')).toContainText('Upload 2 items?')
  await page.keyboard.press('Enter')
  await expect(window.transfer('a.txt')).toContainText('OK')
  await expect(window.transfer('b.txt')).toContainText('OK')
  await expect(window.row('Remote', 'b.txt')).toBeVisible()
  expect(readdirSync(server.root).sort()).toEqual(['a.txt', 'b.txt'])

  await window.pane('Remote').getByRole('grid').focus()
  await page.keyboard.type('b.txt')
  await page.keyboard.press('F2')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('renamed.txt')
  await page.keyboard.press('Enter')
  await expect(window.row('Remote', 'renamed.txt')).toBeVisible()

  await window.pane('Remote').getByRole('grid').focus()
  await page.keyboard.type('renamed')
  await page.keyboard.press('Delete')
  const question = page.getByRole('alertdialog')
  await expect(question).toContainText('renamed.txt')
  // Enter must not delete by accident: the safe button has the focus.
  await page.keyboard.press('Enter')
  await expect(question).toHaveCount(0)
  await expect(window.row('Remote', 'renamed.txt')).toBeVisible()
})

test('a name that is taken: keep both, skip for all', async ({ server, window, page, localFolder }) => {
  for (const name of ['one.txt', 'two.txt', 'three.txt']) {
    writeFileSync(join(localFolder, name), `new ${name}`)
    writeFileSync(join(server.root, name), 'old')
  }
  await window.connect(server, 'plain')
  await window.connected()
  await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
  await window.drag('Local', 'one.txt')
  const question = page.getByRole('alertdialog')
  await expect(question).toContainText('one.txt')
  await question.getByRole('button', { name: 'Keep both' }).click()
  await expect(window.row('Remote', 'one (1).txt')).toBeVisible()
  expect(readFileSync(join(server.root, 'one.txt'), 'utf8')).toBe('old')
  expect(readFileSync(join(server.root, 'one (1).txt'), 'utf8')).toBe('new one.txt')

  await window.row('Local', 'three.txt').click()
  await window.row('Local', 'two.txt').click({ modifiers: ['ControlOrMeta'] })
  await window.pane('Local').getByRole('button', { name: 'Upload' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click()
  await question.getByRole('checkbox').check()
  await question.getByRole('button', { name: 'Skip' }).click()
  await expect(window.transfer('two.txt')).toContainText('Skipped')
  await expect(window.transfer('three.txt')).toContainText('Skipped')
  expect(readFileSync(join(server.root, 'two.txt'), 'utf8')).toBe('old')
})

test.describe('with a folder nobody may write to', () => {
  test.use({ serverOptions: { config: { cmds_denied: 'RNTO' } } })

  test('a refusal is a clear row, nothing is left behind, and the queue goes on', async ({
    server,
    window,
    page,
    localFolder,
  }) => {
    writeFileSync(join(localFolder, 'up.txt'), 'x')
    writeFileSync(join(server.root, 'down.txt'), 'y')
    await window.connect(server, 'plain')
    await window.connected()
    await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
    await window.drag('Local', 'up.txt')
    await window.drag('Remote', 'down.txt')
    await expect(window.transfer('down.txt')).toContainText('Downloaded')
    await expect(window.transfer('up.txt')).toContainText('Failed')
    await expect(window.transfer('up.txt')).toContainText('OK')
    await window.openTab('Protocol log')
    await expect(page.getByRole('tabpanel', { name: 'Protocol log' })).toContainText('550')
    expect(readdirSync(server.root)).toEqual(['down.txt'])
  })
})

test.describe('implicit TLS and active mode', () => {
  test.use({ serverOptions: { tls: 'implicit' } })

  test('list, up and down', async ({ server, window, page, localFolder }) => {
    writeFileSync(join(localFolder, 'up.bin'), Buffer.alloc(300_000, 7))
    await page.getByRole('radio', { name: 'Active' }).click()
    await window.connect(server, 'implicit')
    await page.getByRole('button', { name: 'Trust once' }).click()
    await window.connected()
    await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
    await window.drag('Local', 'up.bin')
    await expect(window.row('Remote', 'up.bin')).toBeVisible()
    expect(readFileSync(join(server.root, 'up.bin'))).toEqual(Buffer.alloc(300_000, 7))
    expect(server.commands().filter((command) => /^(EPSV|PASV)/.test(command))).toEqual([])
  })
})

test('recent connections are remembered, the password nowhere', async ({ server, window, page, launched }) => {
  await window.connect(server, 'plain')
  await window.connected()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await window
    .pane('Remote')
    .getByRole('button', { name: new RegExp(`${server.user}@127.0.0.1`) })
    .click()
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveValue('')
  await expect(page.getByRole('textbox', { name: 'Port' })).toHaveValue(String(server.port))
  expect(filesWith(launched.userData, server.password)).toEqual([])
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
})

test('names that attack a page or a person are text, and visible', async ({ server, window, page }) => {
  const names = ['<img src=x onerror=alert(1)>', 'invoice\u202Efdp.exe', "'; DROP TABLE transfers; --", 'tab\there']
  for (const name of names) writeFileSync(join(server.root, name), 'x')
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  page.on('dialog', () => errors.push(new Error('a script ran')))
  await window.connect(server, 'plain')
  await window.connected()
  const pane = window.pane('Remote')
  await expect(pane.getByText('<img src=x onerror=alert(1)>')).toBeVisible()
  expect(await pane.locator('img').count()).toBe(0)
  // The override that would show "invoiceexe.pdf" is made visible instead of obeyed.
  expect(await pane.getByRole('row').filter({ hasText: 'invoice' }).innerText()).not.toContain('\u202E')
  expect(errors).toEqual([])
})

test('100,000 rows: the first ones show while the rest arrive, the keyboard reaches the last', async ({
  server,
  window,
  page,
}) => {
  test.setTimeout(120_000)
  const folder = join(server.root, 'many')
  mkdirSync(folder)
  for (let i = 0; i < 100_000; i++) writeFileSync(join(folder, `file ${String(i).padStart(6, '0')}.dat`), '')
  chmodSync(folder, 0o755)
  await window.connect(server, 'plain')
  await window.connected()
  await window.row('Remote', 'many').dblclick()
  await expect(window.pane('Remote').getByRole('row', { name: 'file 0', exact: false }).first()).toBeVisible()
  await expect(window.pane('Remote')).toContainText('100,000 items', { timeout: 60_000 })
  await window.pane('Remote').getByRole('grid').focus()
  await page.keyboard.press('End')
  await expect(window.row('Remote', 'file 099999.dat')).toBeVisible()
  // Virtual rows: what is not seen is not there.
  expect(await window.pane('Remote').getByRole('row').count()).toBeLessThan(200)
  await window.pane('Remote').getByRole('textbox', { name: 'Filter' }).fill('099998')
  await expect(window.row('Remote', 'file 099998.dat')).toBeVisible()
  await expect(window.row('Remote', 'file 099999.dat')).toHaveCount(0)
})

for (const theme of ['light', 'dark'] as const) {
  test.describe(`accessible in ${theme}`, () => {
    test.use({ settings: { theme }, serverOptions: { tls: 'explicit' } })

    test('axe finds nothing', async ({ server, window, page, localFolder }) => {
      test.setTimeout(60_000)
      writeFileSync(join(localFolder, 'a.txt'), 'x')
      await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
      expect(await violations(page)).toEqual([])
      await window.connect(server, 'explicit')
      await expect(page.getByRole('alertdialog')).toBeVisible()
      expect(await violations(page)).toEqual([])
      await page.getByRole('button', { name: 'Trust once' }).click()
      await window.connected()
      await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
      await window.drag('Local', 'a.txt')
      await expect(window.transfer('a.txt')).toContainText('Uploaded')
      expect(await violations(page)).toEqual([])
      await window.row('Remote', 'a.txt').click({ button: 'right' })
      await expect(page.getByRole('menu')).toBeVisible()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await window.row('Remote', 'a.txt').click()
      await page.keyboard.press('Delete')
      await expect(page.getByRole('alertdialog')).toContainText('Delete “a.txt”?')
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await window.drag('Local', 'a.txt')
      await expect(page.getByRole('alertdialog')).toContainText('already there')
      expect(await violations(page)).toEqual([])
      await page.getByRole('alertdialog').getByRole('button', { name: 'Skip' }).click()
      for (const tab of ['Quarantine', 'Protocol log'] as const) {
        await window.openTab(tab)
        expect(await violations(page)).toEqual([])
      }
      await page.getByRole('button', { name: 'Settings' }).click()
      await expect(page.getByRole('dialog')).toBeVisible()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Disconnect' }).click()
      await expect(window.pane('Remote')).toContainText('Not connected')
      expect(await violations(page)).toEqual([])
      await page.getByRole('button', { name: 'Recent connections' }).click()
      await expect(page.getByRole('menu')).toBeVisible()
      expect(await violations(page)).toEqual([])
    })
  })
}
