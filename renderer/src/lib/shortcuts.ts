/**
 * Shortcuts as the command table writes them, in Electron's accelerator notation ("CmdOrCtrl+Shift+U"): read, held
 * against key events, and shown to people.
 */

/** A key and what is held down with it. */
export interface Combination {
  /** Lower case, as `KeyboardEvent.key` has it: "u", "f5", "delete", "arrowup". */
  key: string
  ctrl: boolean
  meta: boolean
  alt: boolean
  shift: boolean
}

/** What is needed of a KeyboardEvent. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const EVENT_KEYS: Record<string, string> = { up: 'arrowup', down: 'arrowdown', left: 'arrowleft', right: 'arrowright' }

/**
 * @param mac what CmdOrCtrl is: Command there, Control elsewhere
 * @throws Error for a modifier that is not known: the table is wrong
 */
export function parseKeys(keys: string, mac: boolean): Combination {
  const words = keys.split('+')
  const last = (words.pop() ?? '').toLowerCase()
  const pressed = { key: EVENT_KEYS[last] ?? last, ctrl: false, meta: false, alt: false, shift: false }
  for (const word of words) {
    if (word === 'CmdOrCtrl') pressed[mac ? 'meta' : 'ctrl'] = true
    else if (word === 'Ctrl') pressed.ctrl = true
    else if (word === 'Alt') pressed.alt = true
    else if (word === 'Shift') pressed.shift = true
    else throw new Error(`Unknown modifier in a shortcut: ${keys}`)
  }
  return pressed
}

/** True when exactly this combination was pressed. */
export function isPressed(event: KeyPress, { key, ctrl, meta, alt, shift }: Combination): boolean {
  if (event.ctrlKey !== ctrl || event.metaKey !== meta || event.altKey !== alt || event.shiftKey !== shift) return false
  const typed = event.key.toLowerCase()
  if (typed === key) return true
  // The key's place decides where it types another script or, with Option on a Mac, another sign; digits also where
  // they are typed with Shift.
  if (/^[a-z]$/.test(key)) return event.code === `Key${key.toUpperCase()}` && !/^[a-z]$/.test(typed)
  return /^\d$/.test(key) && event.code === `Digit${key}`
}

const MAC_SIGNS: Record<string, string> = { Ctrl: '⌃', Alt: '⌥', Shift: '⇧', CmdOrCtrl: '⌘' }
const MAC_KEYS: Record<string, string> = { Delete: '⌦', Up: '↑', Enter: '↩' }
const SHORT_KEYS: Record<string, string> = { Delete: 'Del', CmdOrCtrl: 'Ctrl' }

/** As menus show it: "Ctrl+Shift+U", on a Mac "⇧⌘U". */
export function showKeys(keys: string, mac: boolean): string {
  const words = keys.split('+')
  if (!mac) return words.map((word) => SHORT_KEYS[word] ?? word).join('+')
  const last = words.pop() ?? ''
  const held = Object.keys(MAC_SIGNS).filter((word) => words.includes(word))
  return held.map((word) => MAC_SIGNS[word]).join('') + (MAC_KEYS[last] ?? last)
}

/** As `aria-keyshortcuts` wants it: "Control+Shift+U". */
export function ariaKeys(keys: string, mac: boolean): string {
  return keys
    .replace('CmdOrCtrl', mac ? 'Meta' : 'Control')
    .replace('Ctrl', 'Control')
    .replace(/\bUp$/, 'ArrowUp')
}

const EDITING_LETTERS = new Set(['a', 'c', 'v', 'x', 'y', 'z'])
const EDITING_KEYS = /^(arrow.*|backspace|delete|enter|home|end|pageup|pagedown)$/

/** True for what a text field does by itself with this combination: it is not taken from one. */
export function isEditing({ key, ctrl, meta, alt, shift }: Combination, mac: boolean): boolean {
  if (EDITING_KEYS.test(key)) return true
  // Control with a letter moves and deletes in text fields of a Mac.
  if (mac && ctrl && !meta) return true
  const command = mac ? meta : ctrl
  return command && !alt && (EDITING_LETTERS.has(key) ? !shift || key === 'z' || key === 'v' : false)
}

/**
 * What a browser does by itself, where the browser shell stands in for Electron: print, reload, save, open, look at the
 * source. None of it makes sense for an application's window.
 */
const BROWSER_KEYS = [
  'P',
  'R',
  'S',
  'O',
  'D',
  'F',
  'G',
  'H',
  'J',
  'L',
  'U',
  'F5',
  'Shift+R',
  'Shift+P',
  'Shift+J',
  'Shift+O',
]

export const isBrowserKey = (event: KeyPress, mac: boolean): boolean =>
  BROWSER_KEYS.some((keys) => isPressed(event, parseKeys(`CmdOrCtrl+${keys}`, mac)))
