/** The open windows, oldest first: apart from window.ts, so that app, menus and theme need not import the window itself. */
import type { BrowserWindow } from './window.ts'

export const windows = new Set<BrowserWindow>()

/** The window that dialogs and menus without one belong to. */
export const focusedWindow = (): BrowserWindow | null => [...windows].at(-1) ?? null
