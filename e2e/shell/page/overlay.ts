/**
 * Native menus, message boxes and file dialogs as an overlay inside the page (a popover with a shadow tree of its own).
 *
 * The source of this function is injected by toString: it uses nothing from outside itself.
 */
import type { MenuEntry, OverlayRequest } from './messages.ts'

/** Gives the function that shows a request; `answer` is called once with the choice (null: closed without one). */
export function makeOverlay(
  answer: (id: number, value: unknown) => void,
): (id: number, request: OverlayRequest) => void {
  type MenuRequest = Extract<OverlayRequest, { kind: 'menu' }>
  type DialogRequest = Exclude<OverlayRequest, { kind: 'menu' }>
  interface Layer {
    host: HTMLElement
    root: ShadowRoot
    done(value: unknown): void
  }

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    .menu, .dialog { font: 13px system-ui, sans-serif; color: #1b1f27; background: #fff; border: 1px solid #9aa4b5;
      border-radius: 8px; box-shadow: 0 8px 30px #0005; padding: 5px; position: fixed }
    .menu { min-width: 180px }
    .menu button { display: flex; gap: 24px; justify-content: space-between; width: 100%; border: 0; background: none;
      font: inherit; color: inherit; padding: 6px 12px; border-radius: 5px; text-align: left }
    .menu button:hover:enabled, .menu button:focus-visible { background: #2458c5; color: #fff; outline: 0 }
    .menu button:disabled { color: #70798a }
    .menu hr { border: 0; border-top: 1px solid #d4d9e2; margin: 5px }
    .dialog { inset: 0; margin: auto; width: min(420px, 90vw); height: max-content; padding: 18px }
    .dialog h2 { font-size: 16px; margin: 0 0 8px }
    .dialog p { margin: 0 0 14px; white-space: pre-wrap }
    .dialog div { display: flex; gap: 8px; justify-content: flex-end }
    .dialog input { width: 100%; box-sizing: border-box; margin-bottom: 14px }
    .dialog button { font: inherit; padding: 6px 14px; border-radius: 6px; border: 1px solid #7d879a; background: #fff;
      color: inherit }
    .dialog button.default { background: #2458c5; color: #fff }
  `)

  // A menu without a position opens where the pointer is, or below what has the focus if a key asked for it.
  let pointer = { x: 20, y: 20 }
  for (const type of ['pointerdown', 'contextmenu'] as const) {
    window.addEventListener(type, (event) => (pointer = { x: event.clientX, y: event.clientY }), true)
  }
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'ContextMenu' && !(event.shiftKey && event.key === 'F10')) return
      const focused = document.activeElement?.getBoundingClientRect()
      if (focused) pointer = { x: focused.left + 8, y: focused.bottom }
    },
    true,
  )

  const element = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    properties: Partial<HTMLElementTagNameMap[K]>,
    ...children: (Node | string)[]
  ): HTMLElementTagNameMap[K] => {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...children)
    return made
  }
  const openLayer = (id: number): Layer => {
    const focused = document.activeElement
    const host = element('div', { popover: 'manual' })
    host.style.cssText = 'position:fixed;inset:0;width:100%;height:100%;border:0;padding:0;background:transparent'
    const root = host.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    document.body.append(host)
    host.showPopover()
    const done = (value: unknown) => {
      if (!host.isConnected) return
      host.remove()
      if (focused instanceof HTMLElement) focused.focus()
      answer(id, value)
    }
    return { host, root, done }
  }

  const menuList = (layer: Layer, entries: MenuEntry[], x: number, y: number): HTMLElement => {
    const menu = element('div', { className: 'menu', role: 'menu' })
    for (const entry of entries) {
      if (!entry.visible) continue
      if (entry.type === 'separator') {
        menu.append(element('hr', {}))
        continue
      }
      const item = element(
        'button',
        { disabled: !entry.enabled, role: entry.checked === undefined ? 'menuitem' : 'menuitemcheckbox' },
        element('span', {}, (entry.checked ? '✓ ' : '') + entry.label),
        element('span', {}, entry.submenu ? '▸' : (entry.accelerator ?? '')),
      )
      if (entry.checked !== undefined) item.ariaChecked = String(entry.checked)
      item.onclick = () => {
        if (!entry.submenu) return layer.done(entry.index)
        const box = item.getBoundingClientRect()
        menuList(layer, entry.submenu, box.right - 4, box.top)
      }
      menu.append(item)
    }
    layer.root.append(menu)
    menu.style.left = `${Math.max(0, Math.min(x, innerWidth - menu.offsetWidth - 4))}px`
    menu.style.top = `${Math.max(0, Math.min(y, innerHeight - menu.offsetHeight - 4))}px`
    menu.querySelector<HTMLElement>('button:enabled')?.focus()
    return menu
  }
  const showMenu = (layer: Layer, request: MenuRequest) => {
    menuList(layer, request.items, request.x ?? pointer.x, request.y ?? pointer.y)
    layer.host.onpointerdown = (event) => {
      if (event.composedPath()[0] === layer.host) layer.done(null)
    }
    layer.host.onkeydown = (event) => {
      event.stopPropagation()
      if (event.key === 'Escape') layer.done(null)
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step === undefined) return
      event.preventDefault()
      const items = [...layer.root.querySelectorAll<HTMLButtonElement>('button:enabled')]
      const current = items.findIndex((item) => item === layer.root.activeElement)
      items.at((current + step) % items.length)?.focus()
    }
  }

  const showDialog = (layer: Layer, request: DialogRequest) => {
    const { message, buttons, defaultId, cancelId } = request
    const dialog = element('div', { className: 'dialog', role: 'alertdialog', ariaModal: 'true', ariaLabel: message })
    dialog.append(element('h2', {}, message))
    let input: HTMLInputElement | undefined
    if (request.kind === 'path') {
      input = element('input', { value: request.value, ariaLabel: message })
      dialog.append(input)
    } else if (request.detail) dialog.append(element('p', {}, request.detail))
    const choose = (index: number) => {
      if (input) layer.done(index === cancelId ? null : input.value)
      else layer.done(index)
    }
    const row = buttons.map((label, index) =>
      element('button', { className: index === defaultId ? 'default' : '', onclick: () => choose(index) }, label),
    )
    dialog.append(element('div', {}, ...row))
    layer.root.append(dialog)
    ;(input ?? row[defaultId])?.focus()
    layer.host.onkeydown = (event) => {
      event.stopPropagation()
      if (event.key === 'Escape') choose(cancelId)
      if (event.key !== 'Enter' || !input || layer.root.activeElement !== input) return
      event.preventDefault() // else the key would also press the button that gets the focus back
      choose(defaultId)
    }
  }

  return (id, request) => {
    const layer = openLayer(id)
    if (request.kind === 'menu') showMenu(layer, request)
    else showDialog(layer, request)
  }
}
