/** What the command palette offers, and in which order for what is typed. */
import { COMMANDS, findCommand, usageOf, type CommandName } from '../../../common/commands.ts'
import { MENUS, type MenuAction } from '../../../common/menus.ts'
import { score } from './score.ts'

export interface PaletteItem {
  /** Unlike all others: "action:ls", "command:ls". */
  id: string
  /** What it does: something in the window, or a command that is typed in the console. */
  does: { action: MenuAction } | { command: CommandName }
  /** A menu's label, or how a command is written. */
  label: string
  summary: string
  group: string
  /** In the table's notation; null without one. */
  keys: string | null
  /** What it is found by. */
  names: readonly string[]
}

export const CONSOLE_GROUP = 'Console commands'

const ACTIONS: readonly PaletteItem[] = MENUS.flatMap(({ title, entries }) =>
  entries.map(({ action, summary, menu }) => ({
    id: `action:${action}`,
    does: { action },
    label: menu.label,
    summary,
    group: title,
    keys: menu.keys,
    names: [menu.label.replace('…', ''), action, ...(findCommand(action)?.aliases ?? [])],
  })),
)

/** Everything but the palette itself, in the order of menus and help. */
export const PALETTE: readonly PaletteItem[] = [
  ...ACTIONS.filter((item) => item.id !== 'action:palette'),
  ...COMMANDS.map((spec) => ({
    id: `command:${spec.name}`,
    does: { command: spec.name },
    label: usageOf(spec),
    summary: spec.summary,
    group: CONSOLE_GROUP,
    keys: null,
    names: [spec.name, ...spec.aliases],
  })),
]

/** The items that fit what was typed, best first; all of them where nothing was. */
export function findItems(query: string): readonly PaletteItem[] {
  const wanted = query.trim()
  if (wanted === '') return PALETTE
  const scored = PALETTE.map((item, place) => ({
    item,
    place,
    fit: Math.max(...item.names.map((name) => score(name, wanted))),
  }))
  return scored
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || a.place - b.place)
    .map(({ item }) => item)
}

export interface PaletteGroup {
  /** Empty for what was found: then the order says more than groups. */
  title: string
  items: readonly PaletteItem[]
}

/** What the list shows: in groups, what was used last first, until something is typed. */
export function paletteGroups(query: string, recent: readonly string[]): PaletteGroup[] {
  const found = findItems(query)
  if (query.trim() !== '') return found.length === 0 ? [] : [{ title: '', items: found }]
  const used = recent.flatMap((id) => found.find((item) => item.id === id) ?? [])
  const rest = found.filter((item) => !used.includes(item))
  const titles = [...new Set(rest.map((item) => item.group))]
  return [
    ...(used.length === 0 ? [] : [{ title: 'Used before', items: used }]),
    ...titles.map((title) => ({ title, items: rest.filter((item) => item.group === title) })),
  ]
}
