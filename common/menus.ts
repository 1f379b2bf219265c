/**
 * The menus, from left to right: the commands of the table that have an entry, and what only a window can do. Shortcuts,
 * the palette and the native menu are made from them.
 */
import { COMMANDS, type CommandGroup, type CommandSpec, type MenuCommandName, type MenuSpec } from './commands.ts'

/** What only a window can do: the rest of its menus. */
interface WindowActionSpec {
  name: string
  group: 'files' | 'transfers' | 'session' | 'view' | 'help'
  summary: string
  menu: MenuSpec
}

const WINDOW = [
  { name: 'up', group: 'files', summary: 'Open the folder above', menu: { label: 'Up', keys: 'Alt+Up' } },
  {
    name: 'select-all',
    group: 'files',
    summary: 'Select everything in the pane',
    menu: { label: 'Select all', keys: 'CmdOrCtrl+A' },
  },
  {
    name: 'copy-url',
    group: 'files',
    summary: 'Copy the address of what is selected on the server',
    menu: { label: 'Copy URL', keys: 'CmdOrCtrl+Alt+C' },
  },
  {
    name: 'cancel-transfers',
    group: 'transfers',
    summary: 'Cancel everything that has not ended',
    menu: { label: 'Cancel all transfers', keys: 'CmdOrCtrl+Alt+X' },
  },
  {
    name: 'retry-transfers',
    group: 'transfers',
    summary: 'Try everything again that failed',
    menu: { label: 'Retry all failed', keys: 'CmdOrCtrl+Alt+R' },
  },
  {
    name: 'clear-transfers',
    group: 'transfers',
    summary: 'Forget the transfers that have ended',
    menu: { label: 'Clear finished', keys: 'CmdOrCtrl+Shift+Delete' },
  },
  {
    name: 'reconnect',
    group: 'session',
    summary: 'Connect again to the server that was lost',
    menu: { label: 'Reconnect', keys: 'CmdOrCtrl+Shift+R' },
  },
  {
    name: 'share',
    group: 'session',
    summary: 'Let others fetch and bring files with this computer as the server',
    menu: { label: 'Share a folder…', keys: 'CmdOrCtrl+Shift+S' },
  },
  {
    name: 'settings',
    group: 'session',
    summary: 'Change the settings',
    menu: { label: 'Settings…', keys: 'CmdOrCtrl+,' },
  },
  {
    name: 'palette',
    group: 'view',
    summary: 'Find a command by name',
    menu: { label: 'Command palette…', keys: 'CmdOrCtrl+K' },
  },
  {
    name: 'console',
    group: 'view',
    summary: 'Type commands; in the console the keys lead back to the files',
    menu: { label: 'Console', keys: 'CmdOrCtrl+J' },
  },
  {
    name: 'show-transfers',
    group: 'view',
    summary: 'Show the transfers',
    menu: { label: 'Transfers', keys: 'CmdOrCtrl+1' },
  },
  {
    name: 'show-quarantine',
    group: 'view',
    summary: 'Show the quarantine',
    menu: { label: 'Quarantine', keys: 'CmdOrCtrl+2' },
  },
  {
    name: 'show-log',
    group: 'view',
    summary: 'Show the protocol log',
    menu: { label: 'Protocol log', keys: 'CmdOrCtrl+3' },
  },
  {
    name: 'focus-local',
    group: 'view',
    summary: 'Go to the local files',
    menu: { label: 'Local files', keys: 'CmdOrCtrl+4' },
  },
  {
    name: 'focus-remote',
    group: 'view',
    summary: 'Go to the remote files',
    menu: { label: 'Remote files', keys: 'CmdOrCtrl+5' },
  },
  {
    name: 'filter',
    group: 'view',
    summary: 'Show only names that contain a text',
    menu: { label: 'Filter', keys: 'CmdOrCtrl+F' },
  },
  {
    name: 'hidden',
    group: 'view',
    summary: 'Show names that begin with a dot',
    menu: { label: 'Hidden files', keys: 'Ctrl+H', kind: 'check' },
  },
  {
    name: 'help-shortcuts',
    group: 'help',
    summary: 'Show all shortcuts and console commands',
    menu: { label: 'Shortcuts and commands', keys: 'F1' },
  },
  { name: 'about', group: 'help', summary: 'About this program', menu: { label: 'About Sluice', keys: 'Shift+F1' } },
] as const satisfies readonly WindowActionSpec[]

type WindowActionName = (typeof WINDOW)[number]['name']
const WINDOW_ACTIONS: readonly (WindowActionSpec & { name: WindowActionName })[] = WINDOW

/** What a menu entry, a shortcut and the palette can ask the window for. */
export type MenuAction = MenuCommandName | WindowActionName

export interface MenuEntry {
  action: MenuAction
  summary: string
  menu: MenuSpec
  /** A line parts it from the entry above. */
  line: boolean
}

export interface MenuGroup {
  title: string
  entries: readonly MenuEntry[]
}

const hasMenu = (spec: CommandSpec): spec is CommandSpec & { name: MenuCommandName; menu: MenuSpec } =>
  spec.menu !== undefined

/** Entries that begin a new part of their menu. */
const LINES: ReadonlySet<MenuAction> = new Set<MenuAction>([
  ...(['mkdir', 'find', 'up'] as const),
  ...(['reget', 'auto', 'prompt', 'cancel-transfers'] as const),
  ...(['passive', 'reconnect', 'share', 'quit'] as const),
  ...(['show-transfers', 'focus-local'] as const),
  'about',
])

function entriesOf(group: WindowActionSpec['group']): MenuEntry[] {
  const specs: { name: MenuAction; group: string; summary: string; menu: MenuSpec }[] = [
    ...COMMANDS.filter(hasMenu),
    ...WINDOW_ACTIONS,
  ].filter((spec) => spec.group === group)
  // Where every menu has it: at the end.
  specs.sort((a, b) => Number(a.name === 'quit') - Number(b.name === 'quit'))
  return specs.map(({ name, summary, menu }) => ({
    action: name,
    summary: menu.summary ?? summary,
    menu,
    line: LINES.has(name),
  }))
}

/** The application menu, from left to right. */
export const MENUS: readonly MenuGroup[] = [
  { title: 'Files and folders', entries: entriesOf('files') },
  { title: 'Transfers', entries: entriesOf('transfers') },
  { title: 'Session', entries: entriesOf('session') },
  { title: 'View', entries: entriesOf('view') },
  { title: 'Help', entries: entriesOf('help') },
]

/** The title of the menu that has a group's commands. */
export function titleOf(group: CommandGroup): string {
  const names = new Set<string>(COMMANDS.filter((spec) => spec.group === group).map(({ name }) => name))
  return MENUS.find(({ entries }) => entries.some(({ action }) => names.has(action)))?.title ?? group
}
