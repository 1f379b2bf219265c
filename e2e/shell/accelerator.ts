/** Electron's accelerator strings ("CmdOrCtrl+Shift+N") as conditions on a KeyboardEvent. */
import type { Accelerator } from './page/messages.ts'

const keyNames: Record<string, string> = {
  up: 'arrowup',
  down: 'arrowdown',
  left: 'arrowleft',
  right: 'arrowright',
  return: 'enter',
  esc: 'escape',
  space: ' ',
  plus: '+',
}

/** Null for a string that names no key, or a modifier not known here. `platform` decides what CmdOrCtrl is. */
export function parseAccelerator(
  text: string,
  platform: NodeJS.Platform = process.platform,
): Omit<Accelerator, 'index'> | null {
  const names = text.toLowerCase().split('+')
  const last = names.pop()
  if (!last) return null
  const pressed = { key: keyNames[last] ?? last, ctrl: false, meta: false, alt: false, shift: false }
  for (const name of names) {
    if (name === 'ctrl' || name === 'control') pressed.ctrl = true
    else if (name === 'cmd' || name === 'command' || name === 'meta' || name === 'super') pressed.meta = true
    else if (name === 'alt' || name === 'option') pressed.alt = true
    else if (name === 'shift') pressed.shift = true
    else if (name === 'cmdorctrl' || name === 'commandorcontrol')
      pressed[platform === 'darwin' ? 'meta' : 'ctrl'] = true
    else return null
  }
  return pressed
}
