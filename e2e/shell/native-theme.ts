/** `nativeTheme`: what the app sets becomes the page's `prefers-color-scheme`. */
import { EventEmitter } from 'node:events'
import { windows } from './window-list.ts'

export type ThemeSource = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  #source: ThemeSource = 'system'
  readonly shouldUseHighContrastColors = false
  readonly prefersReducedTransparency = false

  get themeSource(): ThemeSource {
    return this.#source
  }

  set themeSource(source: ThemeSource) {
    if (source === this.#source) return
    this.#source = source
    for (const window of windows) window.webContents.applyTheme(source)
    this.emit('updated')
  }

  /** With 'system' always false: the shell does not ask the desktop. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }
}

export const nativeTheme = new NativeTheme()
