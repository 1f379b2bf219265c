import { expect, test } from 'vitest'
import { COMMANDS } from '../../../common/commands.ts'
import { MENUS } from '../../../common/menus.ts'
import { CONSOLE_GROUP, findItems, PALETTE, paletteGroups } from './palette.ts'

const first = (query: string): string | undefined => findItems(query)[0]?.id

test('everything of the table is offered but the palette itself, each once', () => {
  const actions = MENUS.flatMap((menu) => menu.entries).length - 1
  expect(PALETTE).toHaveLength(actions + COMMANDS.length)
  expect(new Set(PALETTE.map((item) => item.id)).size).toBe(PALETTE.length)
})

test('found by label, name and alias; what the window does comes before the command', () => {
  expect(first('pas')).toBe('action:passive')
  expect(first('rm')).toBe('action:delete')
  expect(first('recv')).toBe('action:get')
  expect(first('mv')).toBe('action:rename')
  expect(first('upload')).toBe('action:put')
  expect(first('lcd')).toBe('command:lcd')
  expect(first('image')).toBe('action:binary')
  expect(first('proto')).toBe('action:show-log')
})

test('letters in order are enough, in any case', () => {
  expect(findItems('RAF').map((item) => item.id)).toContain('action:retry-transfers')
  expect(findItems('nwfld').map((item) => item.id)).toContain('action:mkdir')
  expect(findItems('zzz')).toEqual([])
})

test('groups as in the menus, the console last; what was used before on top', () => {
  const titles = paletteGroups('', []).map((group) => group.title)
  expect(titles).toEqual([...MENUS.map((menu) => menu.title), CONSOLE_GROUP])
  const groups = paletteGroups(' ', ['command:lcd', 'action:passive'])
  expect(groups[0]?.title).toBe('Used before')
  expect(groups[0]?.items.map((item) => item.id)).toEqual(['command:lcd', 'action:passive'])
  expect(groups.flatMap((group) => group.items)).toHaveLength(PALETTE.length)
  expect(paletteGroups('zzz', ['command:lcd'])).toEqual([])
})
