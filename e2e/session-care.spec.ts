/** What happens to a session that is lost: told plainly, tried again, and gone on with where one was. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { violations } from './fixture.ts'
import { expect, test } from './main-job-fixture.ts'

test.beforeEach(({ server }) => {
  mkdirSync(join(server.root, 'letters'))
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(server.root, 'letters', name), name)
})

test('a killed connection counts down and comes back in the same folder, with the same rows selected', async ({
  server,
  window,
  page,
}) => {
  await window.connect(server, 'plain')
  await window.connected()
  await page.getByRole('radio', { name: 'Binary' }).click()
  await window.open('Remote', '/letters')
  await window.row('Remote', 'b.txt').click()
  await window.listed('Remote')
  const logins = (): number => server.commands().filter((command) => command.startsWith('USER')).length
  const before = logins()
  server.cut()

  const pane = window.pane('Remote')
  await expect(pane.getByRole('alert')).toContainText('Connection lost')
  await expect(pane.getByRole('timer')).toHaveText(/Trying again in [1-5] s\./)
  await expect(window.row('Remote', 'b.txt')).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('Connection lost')
  expect(await violations(page)).toEqual([])

  // By itself, and without a question.
  await expect(pane.getByRole('timer')).toHaveCount(0)
  await window.connected()
  expect(logins()).toBe(before + 1)
  await expect(pane.getByRole('textbox', { name: 'Path' })).toHaveValue('/letters')
  await expect(window.row('Remote', 'b.txt')).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('radio', { name: 'Binary' })).toBeChecked()
  await window.openTab('Console')
  await expect(window.commandLine).toHaveAccessibleDescription(/127\.0\.0\.1:\/letters>/)
})

test('one need not wait, and may stop waiting', async ({ server, window, page }) => {
  await window.connect(server, 'plain')
  await window.connected()
  await window.open('Remote', '/letters')
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await window.listed('Remote')
  const pane = window.pane('Remote')
  const listings = (): number => server.log().split('226 Directory send OK').length
  const before = listings()
  server.cut()
  await pane.getByRole('button', { name: 'Reconnect now' }).click()
  await window.connected()
  await expect(pane.getByRole('textbox', { name: 'Path' })).toHaveValue('/letters')
  await expect.poll(listings).toBeGreaterThan(before)
  await window.listed('Remote')

  server.cut()
  await pane.getByRole('button', { name: 'Stop trying' }).click()
  await expect(pane.getByRole('timer')).toHaveCount(0)
  await expect(pane.getByRole('button', { name: 'Reconnect', exact: true })).toBeVisible()
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await pane.getByRole('button', { name: 'Reconnect', exact: true }).click()
  await window.connected()
  await expect(page.getByRole('textbox', { name: 'Password' })).not.toBeFocused()
  await expect(pane.getByRole('textbox', { name: 'Path' })).toHaveValue('/letters')
})

test('a server that stays away is said to be lost, with the rows still there', async ({ server, window, page }) => {
  await window.connect(server, 'plain')
  await window.connected()
  await window.open('Remote', '/letters')
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await window.listed('Remote')
  server.kill()
  const pane = window.pane('Remote')
  await pane.getByRole('button', { name: 'Reconnect now' }).click()
  await expect(pane.getByRole('alert')).toContainText('Connection lost')
  await expect(pane.getByRole('timer')).toBeVisible()
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  // What is tried again by itself is no problem of the fields above.
  await expect(page.getByRole('form', { name: 'Connection' }).getByRole('alert')).toHaveCount(0)
  await page.getByRole('contentinfo').getByRole('button', { name: 'Connection lost' }).click()
  const dialog = page.getByRole('dialog', { name: 'Status' })
  await expect(dialog.getByRole('region', { name: 'Session', exact: true })).toContainText('Connection lost')
  await page.keyboard.press('Escape')
  await pane.getByRole('button', { name: 'Stop trying' }).click()
  await expect(page.getByRole('form', { name: 'Connection' }).getByRole('alert')).toContainText('127.0.0.1')
  await expect(pane).toContainText('These rows may be out of date.')
})

test('no focus is lost with a button that has done its work', async ({ server, window, page, localFolder }) => {
  writeFileSync(join(localFolder, 'notes.txt'), 'notes')
  await window.connect(server, 'plain')
  await window.connected()
  const pane = window.pane('Remote')
  await window.listed('Remote')
  server.cut()
  await pane.getByRole('button', { name: 'Stop trying' }).press('Enter')
  await expect(pane.getByRole('timer')).toHaveCount(0)
  await expect(pane.getByRole('grid')).toBeFocused()
  await pane.getByRole('button', { name: 'Reconnect', exact: true }).press('Enter')
  await window.connected()
  await expect(pane.getByRole('grid')).toBeFocused()

  await page.keyboard.press('ControlOrMeta+Alt+s')
  await page.getByRole('button', { name: 'Stop scanning' }).press('Enter')
  await page.getByRole('button', { name: 'Scan again' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Scan again' })).toHaveCount(0)
  await expect(pane.getByRole('grid')).toBeFocused()
})

test('a page that is loaded again shows the folders the console is in', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  mkdirSync(join(localFolder, 'drafts'))
  await window.openPlain(server)
  await window.run('cd letters; lcd drafts')
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await page.reload()
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await expect(window.pane('Remote').getByRole('textbox', { name: 'Path' })).toHaveValue('/letters')
  await expect(window.pane('Local').getByRole('textbox', { name: 'Path' })).toHaveValue(join(localFolder, 'drafts'))
  await window.openTab('Console')
  await expect(window.commandLine).toHaveAccessibleDescription(/127\.0\.0\.1:\/letters>/)
})

test('a password changed meanwhile ends the tries; the new one, typed above, brings the session back', async ({
  server,
  window,
  page,
}) => {
  await window.connect(server, 'plain')
  await window.connected()
  await window.open('Remote', '/letters')
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  // The server knows its accounts by a file beside the folder it serves.
  const accounts = join(dirname(server.root), 'users')
  const known = readFileSync(accounts, 'utf8')
  writeFileSync(accounts, '')
  await window.listed('Remote')
  server.cut()
  const pane = window.pane('Remote')
  await pane.getByRole('button', { name: 'Reconnect now' }).click()
  await expect(page.getByRole('form', { name: 'Connection' }).getByRole('alert')).toContainText(/530|password/i)
  // No more tries: some servers lock whoever is wrong too often.
  await expect(pane.getByRole('timer')).toHaveCount(0)
  await expect(pane.getByRole('button', { name: 'Reconnect', exact: true })).toBeVisible()
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  writeFileSync(accounts, known)
  await expect(page.getByRole('textbox', { name: 'Password' })).toBeFocused()
  await page.keyboard.type(server.password)
  await page.keyboard.press('Enter')
  await window.connected()
})
