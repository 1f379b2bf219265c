/** Menus: pop-up ones are an overlay in the page; of the application menu only the accelerators work. */
import { EventEmitter } from 'node:events'
import { parseAccelerator } from './accelerator.ts'
import { app } from './app.ts'
import { shellEvent } from './events.ts'
import type { Accelerator, MenuEntry } from './page/messages.ts'
import { focusedWindow, windows } from './window-list.ts'
import type { BrowserWindow } from './window.ts'

type Click = (item: MenuItem, window: BrowserWindow | null, event: object) => void

interface MenuItemOptions {
  id?: string
  label?: string
  role?: string
  type?: string
  accelerator?: string
  enabled?: boolean
  visible?: boolean
  checked?: boolean
  submenu?: MenuItemOptions[] | Menu
  click?: Click
}

/** Roles with an effect here; the browser itself does the editing ones. */
const roles: Record<string, { accelerator: string; run(window: BrowserWindow | null): void } | undefined> = {
  quit: { accelerator: 'CmdOrCtrl+Q', run: () => app.quit() },
  close: { accelerator: 'CmdOrCtrl+W', run: (window) => window?.close() },
  reload: { accelerator: 'CmdOrCtrl+R', run: (window) => window?.webContents.reload() },
  minimize: { accelerator: 'CmdOrCtrl+M', run: (window) => window?.minimize() },
}

export class MenuItem {
  readonly id: string | undefined
  readonly role: string | undefined
  readonly type: string
  readonly accelerator: string | undefined
  readonly submenu: Menu | undefined
  label: string
  enabled: boolean
  visible: boolean
  checked: boolean
  readonly #click: Click | undefined

  constructor(options: MenuItemOptions) {
    const { submenu } = options
    this.id = options.id
    this.role = options.role?.toLowerCase()
    this.type = options.type ?? (submenu ? 'submenu' : 'normal')
    this.label = options.label ?? options.role ?? ''
    this.accelerator = options.accelerator ?? roles[this.role ?? '']?.accelerator
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : submenu
    this.#click = options.click
  }

  /** As a click by the user; Electron's order of arguments (event, window). */
  click(event: object = {}, window: BrowserWindow | null = focusedWindow()): void {
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.#click) this.#click(this, window, event)
    else roles[this.role ?? '']?.run(window)
  }
}

let applicationMenu: Menu | null = null

export class Menu extends EventEmitter {
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: (MenuItemOptions | MenuItem)[]): Menu {
    const menu = new Menu()
    for (const entry of template) menu.append(entry instanceof MenuItem ? entry : new MenuItem(entry))
    return menu
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu
    for (const window of windows) window.webContents.applyAccelerators()
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu
  }

  append(item: MenuItem): void {
    this.items.push(item)
  }

  insert(position: number, item: MenuItem): void {
    this.items.splice(position, 0, item)
  }

  getMenuItemById(id: string): MenuItem | null {
    return this.flat().find((item) => item.id === id) ?? null
  }

  /** Shows the menu at a position in the page, or at the pointer. */
  popup(options: { window?: BrowserWindow; x?: number; y?: number; callback?: () => void } = {}): void {
    const window = options.window ?? focusedWindow()
    if (!window) return
    const items = this.flat()
    const { x, y } = options
    this.emit('menu-will-show', shellEvent({}))
    window.webContents
      .ask({ kind: 'menu', items: this.#entries(items), ...(x === undefined || y === undefined ? {} : { x, y }) })
      .then((choice) => {
        this.emit('menu-will-close', shellEvent({}))
        if (typeof choice === 'number') items[choice]?.click({}, window)
        options.callback?.()
      })
      .catch((error: unknown) => console.error('[browser shell] a menu could not be shown:', error))
  }

  closePopup(): void {}

  /** Every item of this menu and its submenus. */
  flat(): MenuItem[] {
    return this.items.flatMap((item) => [item, ...(item.submenu?.flat() ?? [])])
  }

  #entries(order: MenuItem[]): MenuEntry[] {
    return this.items.map((item) => ({
      index: order.indexOf(item),
      label: item.label,
      type: item.type,
      enabled: item.enabled,
      visible: item.visible,
      ...(item.accelerator === undefined ? {} : { accelerator: item.accelerator }),
      ...(item.type === 'checkbox' || item.type === 'radio' ? { checked: item.checked } : {}),
      ...(item.submenu ? { submenu: item.submenu.#entries(order) } : {}),
    }))
  }
}

/** What the page has to watch for. Editing roles have no accelerator here: the browser knows its own keys. */
export function accelerators(): Accelerator[] {
  return (applicationMenu?.flat() ?? []).flatMap((item, index) => {
    const pressed = item.accelerator === undefined ? null : parseAccelerator(item.accelerator)
    return pressed ? [{ index, ...pressed }] : []
  })
}

/** A key combination of the application menu was pressed in `window`. */
export function pressAccelerator(index: number, window: BrowserWindow): void {
  const item = applicationMenu?.flat()[index]
  if (item?.enabled) item.click({ triggeredByAccelerator: true }, window)
}
