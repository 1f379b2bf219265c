import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { MENUS, type MenuAction } from '../../common/menus.ts'
import { settingsSchema } from '../../common/models.ts'
import { checkedActions, menuTemplate } from './menu.ts'

const itemsIn = (template: MenuItemConstructorOptions[] | null): MenuItemConstructorOptions[] =>
  (template ?? []).flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))

function onMac(checked: readonly MenuAction[] = []) {
  const chosen: MenuAction[] = []
  const template = menuTemplate('darwin', {
    choose: (action) => chosen.push(action),
    checked: new Set(checked),
  })
  const find = (id: MenuAction) => itemsIn(template).find((item) => item.id === id)
  return { template, chosen, find }
}

test('only macOS gets a menu of the application: elsewhere the window has it', () => {
  for (const platform of ['win32', 'linux', 'freebsd'] as const) {
    expect(menuTemplate(platform, { choose: () => undefined, checked: new Set() })).toBeNull()
  }
})

test('the menus of the table stand between the roles that every application has', () => {
  expect(onMac().template?.map(({ role, label }) => label ?? role)).toEqual([
    'appMenu',
    'editMenu',
    'Files and folders',
    'Transfers',
    'Session',
    'View',
    'windowMenu',
    'Help',
  ])
})

test('every entry is there but Quit, which the application menu has, and says what was chosen', () => {
  const { template, chosen, find } = onMac()
  const wanted = MENUS.flatMap((menu) => menu.entries).filter((entry) => entry.action !== 'quit')
  expect(itemsIn(template).flatMap(({ id }) => id ?? [])).toEqual(wanted.map((entry) => entry.action))
  for (const { action } of wanted) Reflect.apply(find(action)?.click ?? (() => undefined), undefined, [])
  expect(chosen).toEqual(wanted.map((entry) => entry.action))
})

test('lines part the menus; none stands first, last or twice', () => {
  for (const { submenu } of onMac().template ?? []) {
    if (!Array.isArray(submenu)) continue
    const types = submenu.map(({ type }) => type)
    expect(types[0]).not.toBe('separator')
    expect(types.at(-1)).not.toBe('separator')
    expect(types.some((type, at) => type === 'separator' && types[at + 1] === 'separator')).toBe(false)
  }
  expect(itemsIn(onMac().template).filter(({ type }) => type === 'separator').length).toBeGreaterThan(5)
})

test('radio and check items show the truth they are told', () => {
  const { find } = onMac(['ascii', 'passive'])
  expect(find('ascii')).toMatchObject({ type: 'radio', checked: true })
  expect(find('auto')).toMatchObject({ type: 'radio', checked: false })
  expect(find('passive')).toMatchObject({ type: 'checkbox', checked: true })
  expect(find('hidden')).toMatchObject({ type: 'checkbox', checked: false })
  expect(find('put')).not.toHaveProperty('checked')
})

test('what is on follows from the settings and from what is scanned', () => {
  const all = { upload: true, download: true }
  const settings = settingsSchema.parse({})
  expect([...checkedActions(settings, all)].sort()).toEqual(['auto', 'passive', 'prompt', 'scan'])
  const other = settingsSchema.parse({
    transferType: 'ascii',
    dataMode: 'active',
    confirmSeveral: false,
    showHidden: true,
  })
  expect([...checkedActions(other, { ...all, upload: false })].sort()).toEqual(['ascii', 'hidden'])
})

test('keys that text fields and rows need stay with them', () => {
  const { find } = onMac()
  expect(find('put')?.accelerator).toBe('CmdOrCtrl+U')
  for (const action of ['select-all', 'delete', 'up'] as const) expect(find(action)).not.toHaveProperty('accelerator')
})
