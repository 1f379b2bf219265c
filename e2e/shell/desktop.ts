/** What Electron asks of the desktop: opening things elsewhere, the clipboard, power. */
import { spawn, type StdioOptions } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { dirname } from 'node:path'
import { headless } from './browser.ts'
import { nextId } from './events.ts'

/** Rejects if the program is not there or refuses. */
function run(command: string, args: string[], input?: string): Promise<void> {
  const stdio: StdioOptions = [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore']
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with code ${code}`))))
    child.stdin?.on('error', () => {}) // 'exit' tells
    child.stdin?.end(input)
  })
}

function openElsewhere(target: string): Promise<void> {
  if (headless) return Promise.resolve() // nobody would see it
  if (process.platform === 'darwin') return run('open', [target])
  if (process.platform === 'win32') return run('explorer.exe', [target])
  return run('xdg-open', [target])
}

export const shell = {
  openExternal: (url: string) => openElsewhere(url),
  /** Gives '' or, as Electron, the error as text. */
  openPath: (path: string) =>
    openElsewhere(path).then(
      () => '',
      (error: unknown) => String(error),
    ),
  /** Opens the folder; the file in it is not marked. */
  showItemInFolder(path: string): void {
    openElsewhere(dirname(path)).catch((error: unknown) => console.error('[browser shell] showItemInFolder:', error))
  },
  trashItem: (path: string) => run('gio', ['trash', path]),
  beep(): void {},
}

let clipboardText = ''
/** The app's own texts; on a Linux desktop with xclip they reach the real clipboard too. */
export const clipboard = {
  readText: () => clipboardText,
  writeText(text: string): void {
    clipboardText = text
    if (headless || process.platform !== 'linux') return
    run('xclip', ['-selection', 'clipboard'], text).catch(() => {}) // not installed: the text stays with the app
  },
  clear(): void {
    clipboardText = ''
  },
}

const blockers = new Set<number>()
/** Counts only: the machine may still sleep. */
export const powerSaveBlocker = {
  start(): number {
    const id = nextId()
    blockers.add(id)
    return id
  },
  stop: (id: number) => blockers.delete(id),
  isStarted: (id: number) => blockers.has(id),
}

export const powerMonitor = new EventEmitter()

export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return false
  }
  show(): void {}
  close(): void {}
}

const display = {
  id: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1080 },
  workAreaSize: { width: 1920, height: 1080 },
  scaleFactor: 1,
}
/** One display of a made-up size. */
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
})
