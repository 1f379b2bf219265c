/** `app`: paths, names and the life of the application. */
import { EventEmitter } from 'node:events'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { browser } from './browser.ts'
import { shellEvent } from './events.ts'
import { SingleInstanceLock } from './single-instance.ts'
import { endUtilityProcesses } from './utility-process.ts'
import { windows } from './window-list.ts'

/** What boot.ts finds out about the application before its main module runs. */
export interface AppIdentity {
  name: string
  version: string
  /** Folder with the application's package.json. */
  root: string
}

/** Switches are remembered but not handed to the browser, which is started with the shell's own. */
class CommandLine {
  readonly #switches = new Map<string, string>()
  appendSwitch(name: string, value = ''): void {
    this.#switches.set(name, value)
  }
  appendArgument(): void {}
  hasSwitch(name: string): boolean {
    return this.#switches.has(name)
  }
  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? ''
  }
  removeSwitch(name: string): void {
    this.#switches.delete(name)
  }
}

class App extends EventEmitter {
  readonly isPackaged = false
  readonly commandLine = new CommandLine()
  readonly #lock = new SingleInstanceLock()
  readonly #paths = new Map<string, string>()
  readonly #whenReady = Promise.withResolvers<void>()
  #identity: AppIdentity = { name: 'app', version: '0.0.0', root: process.cwd() }
  #ready = false
  #quitting = false
  #exiting = false

  // --- identity and places

  get name(): string {
    return this.#identity.name
  }
  getName(): string {
    return this.#identity.name
  }
  setName(name: string): void {
    this.#identity = { ...this.#identity, name }
  }
  getVersion(): string {
    return this.#identity.version
  }
  getAppPath(): string {
    return this.#identity.root
  }
  getLocale(): string {
    const [language = ''] = (process.env['LANG'] ?? '').split('.')
    return language === '' || language === 'C' || language === 'POSIX' ? 'en-US' : language.replace('_', '-')
  }
  getSystemLocale(): string {
    return this.getLocale()
  }
  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()]
  }

  /** Throws, as Electron, for a name it does not know. */
  getPath(name: string): string {
    const set = this.#paths.get(name)
    if (set !== undefined) return set
    const home = homedir()
    const userData = () => this.#paths.get('userData') ?? join(this.getPath('appData'), this.name)
    switch (name) {
      case 'home':
        return home
      case 'appData':
        if (process.platform === 'win32') return process.env['APPDATA'] ?? join(home, 'AppData', 'Roaming')
        if (process.platform === 'darwin') return join(home, 'Library', 'Application Support')
        return process.env['XDG_CONFIG_HOME'] ?? join(home, '.config')
      case 'userData':
      case 'sessionData':
        return userData()
      case 'logs':
        return join(userData(), 'logs')
      case 'crashDumps':
        return join(userData(), 'Crashpad')
      case 'temp':
        return tmpdir()
      case 'exe':
        return process.execPath
      case 'desktop':
      case 'documents':
      case 'downloads':
      case 'music':
      case 'pictures':
      case 'videos':
        return join(home, name.charAt(0).toUpperCase() + name.slice(1))
      default:
        throw new Error(`Failed to get '${name}' path`)
    }
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  // --- life

  whenReady(): Promise<void> {
    return this.#whenReady.promise
  }
  isReady(): boolean {
    return this.#ready
  }
  requestSingleInstanceLock(): boolean {
    return this.#lock.request(this.getPath('userData'), (argv, cwd) =>
      this.emit('second-instance', shellEvent({}), argv, cwd, null),
    )
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock.held
  }
  releaseSingleInstanceLock(): void {
    this.#lock.release()
  }

  /** Electron's order: before-quit, close of every window, will-quit, quit; each of the first three can be prevented. */
  quit(): void {
    if (this.#quitting || this.#exiting) return
    this.#quitting = true
    try {
      const before = shellEvent({})
      this.emit('before-quit', before)
      if (before.defaultPrevented) return
      for (const window of [...windows]) if (!window.close()) return
      const will = shellEvent({})
      this.emit('will-quit', will)
      if (!will.defaultPrevented) this.exit(0)
    } finally {
      this.#quitting = false
    }
  }

  /** Ends without asking anybody. */
  exit(code = 0): void {
    if (this.#exiting) return
    this.#exiting = true
    for (const window of [...windows]) window.destroy()
    this.emit('quit', shellEvent({}), code)
    this.#lock.release()
    void Promise.allSettled([browser.close(), endUtilityProcesses()]).then(() => process.exit(code))
  }

  // Without effect in the shell.
  focus(): void {}
  enableSandbox(): void {}
  disableHardwareAcceleration(): void {}
  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  setBadgeCount(): boolean {
    return false
  }
  getAppMetrics(): object[] {
    return []
  }

  // --- for the other files of the shell

  get exiting(): boolean {
    return this.#exiting
  }

  setIdentity(identity: AppIdentity): void {
    this.#identity = identity
  }

  setReady(): void {
    if (this.#ready) return
    this.#ready = true
    this.emit('ready', shellEvent({}), {})
    this.#whenReady.resolve()
  }

  /** 'window-all-closed' comes only if the app is not quitting anyway; without a listener Electron quits. */
  lastWindowClosed(): void {
    if (this.#quitting || this.#exiting) return
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed', shellEvent({}))
    else this.quit()
  }
}

export const app = new App()
