/** The application menu in the system's own bar, from the table that the window's menus are made of. */
import type { MenuItemConstructorOptions } from 'electron'
import { MENUS, type MenuAction, type MenuEntry } from '../../common/menus.ts'
import type { ScanPolicy, Settings } from '../../common/models.ts'

/** The key means something else in a text field: the window hears it itself, where it is about rows. */
const KEYS_OF_THE_WINDOW: ReadonlySet<MenuAction> = new Set<MenuAction>(['select-all', 'delete', 'up'])
/** The application's own menu has it. */
const ENTRIES_OF_OTHERS: ReadonlySet<MenuAction> = new Set<MenuAction>(['quit'])

/**
 * What `Menu.buildFromTemplate` takes.
 * @param platform `process.platform`: only macOS has such a bar, elsewhere the window shows the menus itself
 * @param o.choose called with what was chosen
 * @param o.checked what of the things that are on or off, or one of several, is on
 * @returns null for no menu at all: then Electron's defaults (reload, developer tools) are gone, and text fields keep
 * their own shortcuts
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  o: { choose(action: MenuAction): void; checked: ReadonlySet<MenuAction> },
): MenuItemConstructorOptions[] | null {
  if (platform !== 'darwin') return null
  const itemsOf = ({ action, menu, line }: MenuEntry): MenuItemConstructorOptions[] => [
    ...(line ? [{ type: 'separator' } as const] : []),
    {
      id: action,
      label: menu.label,
      ...(KEYS_OF_THE_WINDOW.has(action) ? {} : { accelerator: menu.keys }),
      ...(menu.kind === 'check' || menu.kind === 'radio'
        ? { type: menu.kind === 'check' ? 'checkbox' : 'radio', checked: o.checked.has(action) }
        : {}),
      click: () => o.choose(action),
    },
  ]
  const menus = MENUS.map(({ title, entries }): MenuItemConstructorOptions => {
    const shown = entries.filter(({ action }) => !ENTRIES_OF_OTHERS.has(action))
    return { label: title, submenu: shown.flatMap(itemsOf), ...(title === 'Help' ? { role: 'help' } : {}) }
  })
  const help = menus.pop() ?? {}
  return [{ role: 'appMenu' }, { role: 'editMenu' }, ...menus, { role: 'windowMenu' }, help]
}

/** What is on. */
export function checkedActions(settings: Settings, policy: ScanPolicy): Set<MenuAction> {
  const checked = new Set<MenuAction>([settings.transferType])
  if (settings.dataMode === 'passive') checked.add('passive')
  if (settings.confirmSeveral) checked.add('prompt')
  if (settings.showHidden) checked.add('hidden')
  if (policy.upload && policy.download) checked.add('scan')
  return checked
}
