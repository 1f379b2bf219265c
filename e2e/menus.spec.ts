/** Menus, shortcuts, the command palette and the help: all from one table, all on a real session. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { MENUS, type MenuAction } from '../common/menus.ts'
import { violations } from './fixture.ts'
import { expect, test, type SluiceWindow } from './main-job-fixture.ts'
import type { Vsftpd } from '../testing/vsftpd.ts'

const onMac = process.platform === 'darwin'

class Menus {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  get bar(): Locator {
    return this.page.getByRole('menubar', { name: 'Application' })
  }

  title(name: string): Locator {
    return this.bar.getByRole('menuitem', { name, exact: true })
  }

  entry(action: MenuAction): Locator {
    const entry = entryOf(action)
    const role = { plain: 'menuitem', check: 'menuitemcheckbox', radio: 'menuitemradio' } as const
    return this.page
      .getByRole('menu')
      .getByRole(role[entry.menu.kind ?? 'plain'], { name: entry.menu.label, exact: true })
  }

  async open(action: MenuAction): Promise<Locator> {
    const menu = MENUS.find(({ entries }) => entries.some((entry) => entry.action === action))
    await this.title(menu?.title ?? '').click()
    await expect(this.entry(action)).toBeVisible()
    return this.entry(action)
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape')
    await expect(this.page.getByRole('menu')).toHaveCount(0)
  }

  async choose(action: MenuAction): Promise<void> {
    await (await this.open(action)).click()
  }
}

function entryOf(action: MenuAction) {
  const entry = MENUS.flatMap(({ entries }) => entries).find((one) => one.action === action)
  if (!entry) throw new Error(`No menu has ${action}`)
  return entry
}

/** The shortcut of an entry, as Playwright presses it. */
const pressOf = (action: MenuAction): string =>
  entryOf(action)
    .menu.keys.replace('CmdOrCtrl', 'ControlOrMeta')
    .replace(/^Ctrl\+/, 'Control+')
    .replace(/Up$/, 'ArrowUp')
    .replace(/\+([A-Z])$/, (_, letter: string) => `+${letter.toLowerCase()}`)

const rows = (window: SluiceWindow, side: 'Local' | 'Remote'): Locator => window.pane(side).getByRole('grid')
const palette = (page: Page): Locator => page.getByRole('combobox', { name: 'Search commands' })

/**
 * Waits with `after` for the moment at which a menu that has gone gives the focus back: the menu is no longer to be seen
 * by then. With `field`, that one is gone to between the two, as somebody quick does.
 */
async function focusReturn(menu: Locator, field?: Locator): Promise<{ after(): Promise<void> }> {
  const target = (await field?.elementHandle()) ?? null
  const waiting = await menu.evaluateHandle((element, next) => {
    const gone = new MutationObserver(() => {
      if (element.isConnected) return
      gone.disconnect()
      if (next instanceof HTMLElement) next.focus()
    })
    gone.observe(document.body, { childList: true, subtree: true })
    // The menu's own listeners come later than this one, but before the timer.
    const returned = new Promise<void>((done) => {
      element.addEventListener('focusScope.autoFocusOnUnmount', () => setTimeout(done), { once: true })
    })
    return { returned }
  }, target)
  return { after: () => waiting.evaluate(({ returned }) => returned) }
}

/** A session with files on both sides; the local rows have the focus. */
async function session(window: SluiceWindow, server: Vsftpd, localFolder: string): Promise<void> {
  writeFileSync(join(localFolder, 'up one.txt'), 'going up')
  mkdirSync(join(server.root, 'sub'))
  writeFileSync(join(server.root, 'sub', 'down one.txt'), 'going down')
  writeFileSync(join(server.root, 'sub', 'second.txt'), 'second')
  await window.connect(server, 'plain')
  await window.connected()
  await window.open('Remote', '/sub')
  await expect(window.row('Remote', 'down one.txt')).toBeVisible()
  await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
  await window.row('Local', 'up one.txt').click()
}

test.skip(onMac, 'the menus are in the bar of the system there')

test('by mouse: upload what is selected, choose the type, switch passive off', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  const menus = new Menus(page)
  await session(window, server, localFolder)
  await menus.choose('put')
  await expect(window.transfer('up one.txt')).toContainText('OK')
  await expect(window.row('Remote', 'up one.txt')).toBeVisible()
  expect(readFileSync(join(server.root, 'sub', 'up one.txt'), 'utf8')).toBe('going up')
  // The rows have the focus again, so the next key means them.
  await expect(rows(window, 'Local')).toBeFocused()

  await expect(await menus.open('auto')).toHaveAttribute('aria-checked', 'true')
  await menus.entry('ascii').click()
  await expect(page.getByRole('radio', { name: 'ASCII' })).toBeChecked()
  await expect(await menus.open('ascii')).toHaveAttribute('aria-checked', 'true')
  await expect(menus.entry('auto')).toHaveAttribute('aria-checked', 'false')
  await menus.close()

  await expect(await menus.open('passive')).toHaveAttribute('aria-checked', 'true')
  await menus.entry('passive').click()
  await expect(page.getByRole('radio', { name: 'Active' })).toBeChecked()
  await expect(await menus.open('passive')).toHaveAttribute('aria-checked', 'false')
  await menus.close()

  // What the settings keep is what the menu shows: the toolbar changes the same.
  await page.getByRole('radio', { name: 'Passive' }).click()
  await expect(await menus.open('passive')).toHaveAttribute('aria-checked', 'true')
  await menus.close()
})

test('by keyboard: Alt or F10 to the menus, arrows, letters, Escape back to where one was', async ({
  window,
  page,
}) => {
  const menus = new Menus(page)
  const files = menus.title('Files and folders')
  await rows(window, 'Local').focus()
  await page.keyboard.press('Alt')
  await expect(files).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(menus.title('Transfers')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(rows(window, 'Local')).toBeFocused()

  await page.keyboard.press('F10')
  await expect(files).toBeFocused()
  await page.keyboard.press('F10')
  await expect(rows(window, 'Local')).toBeFocused()

  // Alt held for something else is not Alt alone.
  await page.keyboard.press('Alt+Enter')
  await expect(rows(window, 'Local')).toBeFocused()

  await page.keyboard.press('Alt+v')
  await expect(menus.entry('palette')).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await expect(menus.entry('settings')).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(menus.entry('hidden')).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await expect(menus.entry('hidden')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('checkbox', { name: 'Show hidden files' })).toBeChecked()
  await expect(rows(window, 'Local')).toBeFocused()

  await page.keyboard.press('F10')
  await page.keyboard.press('ArrowDown')
  await expect(menus.entry('ls')).toBeFocused()
  // Escape closes the menu, then leaves the bar.
  await page.keyboard.press('Escape')
  await expect(files).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(rows(window, 'Local')).toBeFocused()
})

test('a menu that has gone gives the focus back, but takes it from no field that was gone to meanwhile', async ({
  window,
  page,
}) => {
  const menus = new Menus(page)
  const menu = page.getByRole('menu')
  const path = window.pane('Local').getByRole('textbox', { name: 'Path' })
  await menus.open('binary')
  const closed = await focusReturn(menu, path)
  await menus.close()
  await closed.after()
  await expect(path).toBeFocused()

  await rows(window, 'Local').focus()
  await menus.open('binary')
  const chosen = await focusReturn(menu, path)
  await menus.entry('binary').click()
  await chosen.after()
  await expect(page.getByRole('radio', { name: 'Binary' })).toBeChecked()
  await expect(path).toBeFocused()
})

test('a press beside the right-click menu goes where it was aimed, and Escape back to the rows', async ({
  window,
  page,
  localFolder,
}) => {
  writeFileSync(join(localFolder, 'one.txt'), '1')
  const local = window.pane('Local')
  await local.getByRole('button', { name: 'Refresh' }).click()
  const menu = page.getByRole('menu')
  await window.row('Local', 'one.txt').click({ button: 'right' })
  const beside = await focusReturn(menu)
  await local.getByRole('textbox', { name: 'Filter' }).click()
  await beside.after()
  await expect(local.getByRole('textbox', { name: 'Filter' })).toBeFocused()

  await window.row('Local', 'one.txt').click({ button: 'right' })
  await expect(menu).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(rows(window, 'Local')).toBeFocused()
})

test('without a session, what needs one is disabled and says why', async ({ window, page }) => {
  const menus = new Menus(page)
  await rows(window, 'Local').focus()
  for (const action of ['put', 'get', 'mput', 'quote', 'find', 'close', 'reconnect', 'chmod'] as const) {
    const entry = await menus.open(action)
    await expect(entry, action).toBeDisabled()
    await expect(entry, action).toHaveAttribute('title', /first\.$|no connection\.$|No connection was lost\.$/)
    await menus.close()
  }
  await page.keyboard.press(pressOf('put'))
  // Word for word: what is read aloud to screen readers says more, for a moment.
  await expect(page.getByText('Connect to a server first.', { exact: true })).toBeVisible()
})

test('every entry of the menus does what it says, or says why it cannot', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  test.setTimeout(180_000)
  const menus = new Menus(page)
  await session(window, server, localFolder)

  const dialog = async (name: string, role: 'dialog' | 'alertdialog' = 'dialog'): Promise<void> => {
    await expect(page.getByRole(role, { name })).toBeVisible()
    // A dialog hears its keys a moment after it is drawn.
    await expect(async () => {
      await page.keyboard.press('Escape')
      await expect(page.getByRole(role)).toHaveCount(0, { timeout: 1000 })
    }).toPass()
  }
  const typed = async (line: string): Promise<void> => {
    await expect(window.commandLine).toHaveValue(line)
    await expect(window.commandLine).toBeFocused()
    await page.keyboard.press('Escape')
  }
  const ran = async (line: string): Promise<void> => {
    await expect(window.output).toContainText(line)
    await expect(window.commandLine).toHaveValue('')
    await expect(window.commandLine).toBeEditable()
  }
  const disabled = (action: MenuAction, why: RegExp) => async (): Promise<void> => {
    const entry = await menus.open(action)
    await expect(entry).toBeDisabled()
    await expect(entry).toHaveAttribute('title', why)
    await menus.close()
  }
  const chosen = (action: MenuAction, effect: () => Promise<void>) => async (): Promise<void> => {
    await menus.choose(action)
    await effect()
  }
  const selectRemote = async (): Promise<void> => {
    await window.row('Remote', 'down one.txt').click()
  }
  const remotePath = window.pane('Remote').getByRole('textbox', { name: 'Path' })

  /** What each does; the compiler sees to it that none is left out. */
  const walks: Record<MenuAction, () => Promise<void>> = {
    ls: async () => {
      writeFileSync(join(server.root, 'sub', 'fresh.txt'), '')
      await menus.choose('ls')
      await expect(window.row('Remote', 'fresh.txt')).toBeVisible()
    },
    cd: chosen('cd', () => expect(remotePath).toBeFocused()),
    pwd: chosen('pwd', () => expect(page.getByText('Path copied.').first()).toBeVisible()),
    mkdir: chosen('mkdir', () => dialog('New folder')),
    delete: chosen('delete', () => dialog('Delete “down one.txt”?', 'alertdialog')),
    rename: chosen('rename', async () => {
      await expect(page.getByRole('textbox', { name: 'New name of down one.txt' })).toBeFocused()
      await page.keyboard.press('Escape')
    }),
    chmod: chosen('chmod', () => typed('chmod 644 "down one.txt" ')),
    find: chosen('find', () => typed('find . ')),
    du: chosen('du', () => ran('du')),
    cat: chosen('cat', async () => {
      await ran('cat "down one.txt"')
      await expect(window.output).toContainText('going down')
    }),
    up: async () => {
      await menus.choose('up')
      await expect(remotePath).toHaveValue('/')
      await disabled('up', /topmost/)()
      await window.open('Remote', '/sub')
      await expect(window.row('Remote', 'down one.txt')).toBeVisible()
    },
    'select-all': chosen('select-all', () =>
      expect(window.row('Remote', 'second.txt')).toHaveAttribute('aria-selected', 'true'),
    ),
    'copy-url': chosen('copy-url', () => expect(page.getByText('URL copied.').first()).toBeVisible()),

    put: chosen('put', () => expect(window.transfer('up one.txt')).toContainText('OK')),
    mput: chosen('mput', () => typed('mput ')),
    get: chosen('get', () => expect(window.transfer('down one.txt')).toContainText('OK')),
    mget: chosen('mget', () => typed('mget ')),
    reget: chosen('reget', () => ran('reget "down one.txt"')),
    reput: chosen('reput', () => ran('reput "up one.txt"')),
    append: chosen('append', () => typed('append "up one.txt" "down one.txt"')),
    auto: chosen('auto', () => expect(page.getByRole('radio', { name: 'Auto' })).toBeChecked()),
    binary: chosen('binary', () => expect(page.getByRole('radio', { name: 'Binary' })).toBeChecked()),
    ascii: chosen('ascii', () => expect(page.getByRole('radio', { name: 'ASCII' })).toBeChecked()),
    prompt: chosen('prompt', () =>
      expect(page.getByRole('checkbox', { name: 'Ask before several files' })).not.toBeChecked(),
    ),
    scan: chosen('scan', async () => {
      await expect(page.getByRole('alertdialog')).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(await menus.open('scan')).toHaveAttribute('aria-checked', 'true')
      await menus.close()
    }),
    'cancel-transfers': disabled('cancel-transfers', /No transfer is under way/),
    'retry-transfers': disabled('retry-transfers', /No transfer has failed/),
    'clear-transfers': chosen('clear-transfers', async () => {
      await window.openTab('Transfers')
      await expect(page.getByText('No transfers yet')).toBeVisible()
    }),

    open: disabled('open', /Disconnect from this server first/),
    close: chosen('close', () => expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()),
    status: chosen('status', () => dialog('Status')),
    passive: chosen('passive', () => expect(page.getByRole('radio', { name: 'Active' })).toBeChecked()),
    quote: chosen('quote', () => typed('quote ')),
    reconnect: disabled('reconnect', /No connection was lost/),
    share: chosen('share', async () => {
      const sharing = page.getByRole('region', { name: 'Share a folder' })
      await expect(sharing).toBeFocused()
      // Nothing is done to files that nobody sees.
      await disabled('put', /Go back to the files first/)()
      await sharing.press('Escape')
      await expect(sharing).toHaveCount(0)
      await expect(rows(window, 'Remote')).toBeFocused()
    }),
    settings: chosen('settings', () => dialog('Settings')),
    // It has a test of its own: the window is gone afterwards.
    quit: async () => {
      await expect(await menus.open('quit')).toBeEnabled()
      await menus.close()
    },

    palette: chosen('palette', () => dialog('Search commands')),
    console: chosen('console', () => expect(window.commandLine).toBeFocused()),
    'show-transfers': chosen('show-transfers', () =>
      expect(page.getByRole('tab', { name: 'Transfers' })).toBeFocused(),
    ),
    'show-quarantine': chosen('show-quarantine', () =>
      expect(page.getByRole('tab', { name: 'Quarantine' })).toBeFocused(),
    ),
    'show-log': chosen('show-log', () => expect(page.getByRole('tab', { name: 'Protocol log' })).toBeFocused()),
    'focus-local': chosen('focus-local', async () => {
      await expect(rows(window, 'Local')).toBeFocused()
      await selectRemote()
    }),
    'focus-remote': chosen('focus-remote', () => expect(rows(window, 'Remote')).toBeFocused()),
    filter: chosen('filter', () =>
      expect(window.pane('Remote').getByRole('textbox', { name: 'Filter' })).toBeFocused(),
    ),
    hidden: chosen('hidden', () => expect(page.getByRole('checkbox', { name: 'Show hidden files' })).toBeChecked()),
    'help-shortcuts': chosen('help-shortcuts', () => dialog('Shortcuts and commands')),
    about: chosen('about', () => dialog('About Sluice')),
  }
  // Ending the session comes last.
  const all = MENUS.flatMap(({ entries }) => entries.map(({ action }) => action)).filter((one) => one !== 'close')
  for (const action of [...all, 'close' as const]) {
    await test.step(action, async () => {
      await selectRemote()
      await walks[action]()
    })
  }
  // And what had no use while there was a session.
  await menus.choose('open')
  await expect(page.getByRole('textbox', { name: 'Host' })).toBeFocused()
})

test('Quit ends the program', async ({ launched, page }) => {
  const ended = new Promise<void>((done) => launched.child.once('exit', () => done()))
  await new Menus(page).choose('quit')
  await ended
})

test('the palette: found by a few letters, run by Enter, what was used before comes first', async ({
  server,
  window,
  page,
  localFolder,
}) => {
  await session(window, server, localFolder)
  await page.keyboard.press(pressOf('palette'))
  await expect(palette(page)).toBeFocused()
  await page.keyboard.type('pas')
  const selected = page.getByRole('option', { selected: true })
  await expect(selected).toContainText('Passive mode')
  await expect(selected).toContainText('Ctrl+Shift+P')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('radio', { name: 'Active' })).toBeChecked()
  await expect(rows(window, 'Local')).toBeFocused()

  // A command that only the console has is typed there, for its arguments to follow.
  await page.keyboard.press(pressOf('palette'))
  await page.keyboard.type('lmkdir')
  await page.keyboard.press('Enter')
  await expect(window.commandLine).toBeFocused()
  await expect(window.commandLine).toHaveValue('lmkdir ')

  await page.keyboard.press(pressOf('palette'))
  const used = page.getByRole('group', { name: 'Used before' }).getByRole('option')
  await expect(used).toHaveCount(2)
  await expect(used.first()).toContainText('lmkdir')
  await expect(used.last()).toContainText('Passive mode')
  // The end of a long list is reached by keys alone.
  await page.keyboard.press('End')
  await expect(selected).toBeInViewport()
  await expect(selected).toContainText('quit')

  // The same key takes it away; the button brings it back, and a dialog it opens gives the focus back afterwards.
  await page.keyboard.press(pressOf('palette'))
  await expect(palette(page)).toHaveCount(0)
  await rows(window, 'Local').focus()
  await page.getByRole('button', { name: 'Search commands' }).click()
  await page.keyboard.type('settings')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('the palette says why something cannot be done', async ({ window, page }) => {
  await expect(rows(window, 'Local')).toBeVisible()
  await page.keyboard.press(pressOf('palette'))
  await page.keyboard.type('chmod')
  const option = page.getByRole('option').filter({ hasText: 'Permissions…' })
  await expect(option).toBeDisabled()
  await expect(option).toContainText('Connect to a server first.')
  await page.keyboard.press('Enter')
  await expect(palette(page)).toBeVisible()
  await expect(page.getByRole('dialog')).toBeVisible()
  await palette(page).fill('no such thing at all')
  await expect(page.getByText('Nothing is called “no such thing at all”.')).toBeVisible()
})

test('shortcuts, as the help lists them', async ({ server, window, page, localFolder }) => {
  await session(window, server, localFolder)
  const press = (action: MenuAction): Promise<void> => page.keyboard.press(pressOf(action))
  const local = window.pane('Local')

  await press('help-shortcuts')
  const help = page.getByRole('dialog', { name: 'Shortcuts and commands' })
  await expect(help).toContainText('Ctrl+Shift+U')
  await help.getByRole('textbox', { name: 'Filter' }).fill('finished')
  await expect(help.getByText('Ctrl+Shift+Del')).toBeVisible()
  await expect(help.getByText('Ctrl+Shift+U')).toHaveCount(0)
  await help.getByRole('tab', { name: 'Console commands' }).click()
  await help.getByRole('textbox', { name: 'Filter' }).fill('recv')
  await expect(help.getByText('get <file> [folder or new path]')).toBeVisible()
  // A dialog has the word: shortcuts wait.
  await press('show-log')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tab', { name: 'Protocol log' })).toHaveAttribute('aria-selected', 'false')

  await rows(window, 'Local').focus()
  await press('mkdir')
  await page.getByRole('textbox', { name: 'Name' }).fill('made by F7')
  await page.keyboard.press('Enter')
  await expect(window.row('Local', 'made by F7')).toBeVisible()
  expect(existsSync(join(localFolder, 'made by F7'))).toBe(true)

  writeFileSync(join(localFolder, 'new.txt'), '')
  await press('ls')
  await expect(window.row('Local', 'new.txt')).toBeVisible()
  await press('select-all')
  await expect(local.getByRole('row', { selected: true })).toHaveCount(3)
  await window.row('Local', 'up one.txt').click()
  await press('put')
  await expect(window.transfer('up one.txt')).toContainText('OK')
  await press('rename')
  await page.keyboard.press('Escape')
  await press('cd')
  await expect(local.getByRole('textbox', { name: 'Path' })).toBeFocused()
  await press('filter')
  const filter = local.getByRole('textbox', { name: 'Filter' })
  await expect(filter).toBeFocused()

  // In a text field the keys of editing edit, and nothing is selected or deleted in the rows.
  await page.keyboard.type('up one')
  await page.keyboard.press('ControlOrMeta+a')
  expect(await filter.evaluate((field: HTMLInputElement) => [field.selectionStart, field.selectionEnd])).toEqual([0, 6])
  await page.keyboard.press('Delete')
  await expect(filter).toHaveValue('')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await expect(local.getByRole('row', { selected: true })).toHaveCount(1)

  await press('focus-remote')
  await expect(rows(window, 'Remote')).toBeFocused()
  await press('up')
  await expect(window.row('Remote', 'sub')).toBeVisible()
  await press('hidden')
  await expect(page.getByRole('checkbox', { name: 'Show hidden files' })).toBeChecked()
  await press('binary')
  await expect(page.getByRole('radio', { name: 'Binary' })).toBeChecked()
  await press('passive')
  await expect(page.getByRole('radio', { name: 'Active' })).toBeChecked()
  await press('show-quarantine')
  await expect(page.getByRole('tab', { name: 'Quarantine' })).toBeFocused()
  await press('clear-transfers')
  await window.openTab('Transfers')
  await expect(page.getByText('No transfers yet')).toBeVisible()
  await press('console')
  await expect(window.commandLine).toBeFocused()
  // Keys that a terminal has a meaning for must not move files while commands are typed.
  await press('put')
  await press('get')
  await press('show-transfers')
  await expect(page.getByText('No transfers yet')).toBeVisible()
  await press('status')
  await expect(page.getByRole('dialog', { name: 'Status' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await press('focus-local')
  await expect(rows(window, 'Local')).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await press('close')
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeVisible()
  await press('open')
  await expect(page.getByRole('textbox', { name: 'Host' })).toBeFocused()
})

test('the right-click menu shows the keys of the same table', async ({ window, page, localFolder }) => {
  writeFileSync(join(localFolder, 'one.txt'), '1')
  await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
  await window.row('Local', 'one.txt').click({ button: 'right' })
  const menu = page.getByRole('menu')
  for (const keys of ['Ctrl+U', 'F2', 'Del', 'F7', 'F5', 'Ctrl+Shift+C', 'Ctrl+A'])
    await expect(menu).toContainText(keys)
})

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ settings: { theme } })

    test('menus, palette, help and about have no accessibility violation', async ({
      server,
      window,
      page,
      localFolder,
    }) => {
      const menus = new Menus(page)
      await session(window, server, localFolder)
      await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
      expect(await violations(page)).toEqual([])
      await menus.open('put')
      expect(await violations(page)).toEqual([])
      await menus.close()
      await page.keyboard.press(pressOf('palette'))
      await expect(palette(page)).toBeFocused()
      expect(await violations(page)).toEqual([])
      await page.keyboard.type('pas')
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await expect(palette(page)).toHaveCount(0)
      await page.keyboard.press(pressOf('help-shortcuts'))
      await expect(page.getByRole('dialog')).toBeVisible()
      expect(await violations(page)).toEqual([])
      await page.getByRole('tab', { name: 'Console commands' }).click()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
      await page.keyboard.press(pressOf('about'))
      await expect(page.getByRole('dialog')).toBeVisible()
      expect(await violations(page)).toEqual([])
    })
  })
}
