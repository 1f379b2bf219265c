import { Check, Search } from 'lucide-react'
import { Menubar } from 'radix-ui'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { MENUS, type MenuAction, type MenuEntry, type MenuGroup } from '../../../common/menus.ts'
import { focusRows, isFocusFree } from '../lib/focus.ts'
import { ariaKeys, showKeys } from '../lib/shortcuts.ts'
import { useActionState } from '../state/action.ts'
import { ACTIONS, hasDialog, runAction, whyNot } from '../state/actions.ts'
import { useFocusedPane } from '../state/focused-pane.ts'
import { isMac, keysOf } from '../state/shortcuts.ts'
import { useFloatingRoot } from './FloatingRoot.ts'
import './MenuBar.css'

/** The menus in the top row of the window, where the system has no menu bar of its own, and the way to the palette. */
export function MenuBar() {
  const bar = useRef<HTMLDivElement>(null)
  const [opened, setOpened] = useState('')
  const { remember, giveBack } = useFocusBefore(bar)

  useMenuKeys({
    toggle() {
      if (bar.current?.contains(document.activeElement) || opened !== '') {
        setOpened('')
        giveBack()
      } else if (!hasDialog()) {
        remember()
        bar.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus()
      }
    },
    open(letter) {
      const menu = MENUS.find(({ title }) => title.toLowerCase().startsWith(letter))
      if (!menu || hasDialog()) return false
      remember()
      bar.current?.querySelector<HTMLElement>(`[data-menu='${menu.title}']`)?.focus()
      setOpened(menu.title)
      return true
    },
  })

  const onKeyDown = (event: KeyboardEvent): void => {
    // What is pressed in an open menu bubbles up to here, too: its Escape closes the menu alone.
    if (event.key !== 'Escape' || !event.currentTarget.contains(event.target as Node)) return
    event.preventDefault()
    giveBack()
  }

  return (
    <div className="menu-bar">
      <Menubar.Root
        ref={bar}
        className="menu-bar-titles"
        aria-label="Application"
        value={opened}
        onValueChange={setOpened}
        onPointerDown={remember}
        onKeyDown={onKeyDown}
      >
        {MENUS.map((menu) => (
          <Menu key={menu.title} menu={menu} giveBack={giveBack} />
        ))}
      </Menubar.Root>
      <button
        type="button"
        className="palette-button"
        aria-keyshortcuts={ariaKeys('CmdOrCtrl+K', isMac())}
        onClick={() => runAction('palette')}
      >
        <Search size={14} aria-hidden />
        Search commands
        <span className="keys" aria-hidden>
          {keysOf('palette')}
        </span>
      </button>
    </div>
  )
}

interface MenuProps {
  menu: MenuGroup
  giveBack(): void
}

function Menu({ menu, giveBack }: MenuProps) {
  const chosen = useRef<MenuAction | null>(null)
  return (
    <Menubar.Menu value={menu.title}>
      <Menubar.Trigger className="menu-title" data-menu={menu.title}>
        {menu.title}
      </Menubar.Trigger>
      <Menubar.Portal container={useFloatingRoot()}>
        <Menubar.Content
          className="menu bar-menu"
          sideOffset={2}
          collisionPadding={8}
          // An action starts after the menu has gone and the focus is back where it was: a dialog gives it back there.
          onCloseAutoFocus={(event) => {
            const action = chosen.current
            chosen.current = null
            // The focus comes back a moment after the menu has gone: who has gone on to a field by then is typing there.
            const isFree = isFocusFree()
            if (action === null && isFree && !hasDialog()) return
            event.preventDefault()
            // A dialog that came up meanwhile has the focus, and the word.
            if (action === null || hasDialog()) return
            if (isFree) giveBack()
            runAction(action)
          }}
        >
          <Entries menu={menu} choose={(action) => (chosen.current = action)} />
        </Menubar.Content>
      </Menubar.Portal>
    </Menubar.Menu>
  )
}

/** The parts of a menu that lines stand between. */
function partsOf({ entries }: MenuGroup): MenuEntry[][] {
  const parts: MenuEntry[][] = []
  for (const entry of entries) {
    const last = parts.at(-1)
    if (last && !entry.line) last.push(entry)
    else parts.push([entry])
  }
  return parts
}

const ROLES = { plain: 'menuitem', check: 'menuitemcheckbox', radio: 'menuitemradio' } as const

function Entries({ menu, choose }: { menu: MenuGroup; choose(action: MenuAction): void }) {
  const state = useActionState()
  const hasMarks = menu.entries.some((entry) => (entry.menu.kind ?? 'plain') !== 'plain')
  return partsOf(menu).map((part, index) => (
    <Menubar.Group key={part[0]?.action}>
      {index > 0 && <Menubar.Separator className="menu-line" />}
      {part.map(({ action, summary, menu: { label, keys, kind = 'plain' } }) => {
        const problem = whyNot(action, state)
        const checked = ACTIONS[action].checked?.(state) ?? false
        return (
          <Menubar.Item
            key={action}
            className="menu-item"
            role={ROLES[kind]}
            title={problem ?? summary}
            disabled={problem !== null}
            aria-keyshortcuts={ariaKeys(keys, isMac())}
            {...(kind === 'plain' ? {} : { 'aria-checked': checked })}
            onSelect={() => choose(action)}
          >
            {hasMarks && (
              <span className="menu-mark">
                {checked && (kind === 'radio' ? <span className="menu-dot" /> : <Check size={14} aria-hidden />)}
              </span>
            )}
            {label}
            <span className="keys" aria-hidden>
              {showKeys(keys, isMac())}
            </span>
          </Menubar.Item>
        )
      })}
    </Menubar.Group>
  ))
}

/** Keeps what had the focus before the menus, to give it back afterwards. */
function useFocusBefore(bar: React.RefObject<HTMLElement | null>) {
  const before = useRef<Element | null>(null)
  return {
    remember(): void {
      const active = document.activeElement
      const inMenus = bar.current?.contains(active) === true || active?.closest('[role="menu"]') !== null
      if (!inMenus) before.current = active
    },
    giveBack(): void {
      const element = before.current
      if (element instanceof HTMLElement && element.isConnected && element !== document.body) {
        element.focus({ preventScroll: true })
      } else focusRows(useFocusedPane.getState().side)
    },
  }
}

interface MenuKeys {
  /** Alt alone, or F10: to the menus, or back. */
  toggle(): void
  /** Alt with a letter; true when a menu begins with it. */
  open(letter: string): boolean
}

function useMenuKeys(keys: MenuKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    // Alt is a word of its own only if nothing else is pressed, clicked or left until it is let go.
    let alone = false
    const forget = (): void => {
      alone = false
    }
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, shiftKey, altKey } = event
      alone = key === 'Alt' && !ctrlKey && !metaKey && !shiftKey && !event.defaultPrevented
      if (event.defaultPrevented || ctrlKey || metaKey || shiftKey || isMac()) return
      if (key === 'F10' && !altKey) {
        event.preventDefault()
        latest.current.toggle()
      } else if (altKey && /^[a-z]$/i.test(key) && latest.current.open(key.toLowerCase())) event.preventDefault()
    }
    const onKeyUp = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Alt' || !alone || isMac()) return
      alone = false
      event.preventDefault()
      latest.current.toggle()
    }
    window.addEventListener('keydown', onKeyDown)
    window.addEventListener('keyup', onKeyUp)
    window.addEventListener('pointerdown', forget)
    window.addEventListener('blur', forget)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      window.removeEventListener('keyup', onKeyUp)
      window.removeEventListener('pointerdown', forget)
      window.removeEventListener('blur', forget)
    }
  }, [])
}
