/** Entry point of the fake `electron` executable: reads the command line, starts the browser, runs the app's main module. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from './app.ts'
import { browser } from './browser.ts'
import './electron.ts'

interface PackageJson {
  name?: string
  productName?: string
  version?: string
  main?: string
}

/** Switches before the application's path are Electron's, as with the real one. */
function parseCommandLine(args: string[]) {
  const switches = new Map<string, string>()
  const preloads: string[] = []
  let path: string | undefined
  for (let index = 0; index < args.length && path === undefined; index++) {
    const argument = args[index] ?? ''
    if (argument === '-r' || argument === '--require') preloads.push(args[++index] ?? '')
    else if (argument.startsWith('--')) {
      const [name = '', value = ''] = argument.slice(2).split(/=(.*)/s)
      switches.set(name, value)
    } else path = argument
  }
  return { switches, preloads, path: resolve(path ?? '.') }
}

/** The application at `path`: a folder with a package.json, or a main module somewhere below one. */
function findApplication(path: string): { main: string; root: string; package: PackageJson } {
  const readPackage = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
  if (statSync(path).isDirectory()) {
    const description = readPackage(path)
    return { main: join(path, description.main ?? 'index.js'), root: path, package: description }
  }
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return { main: path, root: folder, package: readPackage(folder) }
  }
  return { main: path, root: dirname(path), package: {} }
}

const args = process.argv.slice(2)
const { switches, preloads, path } = parseCommandLine(args)
const application = findApplication(path)
const { name, productName, version } = application.package

// What an application sees of its process under Electron.
process.argv = [process.execPath, ...args]
Object.defineProperty(process.versions, 'electron', { value: '0.0.0-browser-shell', enumerable: true })
Object.assign(process, { type: 'browser', defaultApp: true, resourcesPath: join(application.root, 'resources') })
app.setIdentity({ name: productName ?? name ?? 'app', version: version ?? '0.0.0', root: application.root })

const userData = switches.get('user-data-dir')
if (userData !== undefined) app.setPath('userData', resolve(userData))

// Playwright's loader: holds `ready` back until it is attached.
const require = createRequire(import.meta.url)
for (const preload of preloads) require(preload)

// A terminal and whoever started us both pass one Ctrl-C on; only a later one means "at once, whatever hangs".
const sameSignal = 1_000 // ms
let interruptedAt: number | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const now = performance.now()
    interruptedAt ??= now
    if (now - interruptedAt > sameSignal) app.exit(130)
    else app.quit()
  })
}

// Node loads these when they are first used. What a debugger evaluates runs in the middle of anything, and in the middle
// of that load finds them half there: so they are loaded before anybody is told that the app is ready.
for (const name of ['performance', 'Request', 'Response'] as const) Reflect.get(globalThis, name)

const remoteDebuggingPort = switches.get('remote-debugging-port')
const starting = browser.start({
  name: app.getName(),
  ...(userData === undefined ? {} : { profile: join(resolve(userData), 'browser-shell') }),
  ...(remoteDebuggingPort === undefined ? {} : { remoteDebuggingPort }),
  sandbox: !switches.has('no-sandbox'),
})
starting.then(
  () => app.setReady(),
  (error: unknown) => {
    if (app.exiting) return // the application did not want to start, for instance as its own second instance
    console.error(`The browser shell cannot start: ${error instanceof Error ? error.message : String(error)}`)
    app.exit(1)
  },
)

// The browser starts while the main module is loading.
import(pathToFileURL(application.main).href).catch((error: unknown) => {
  console.error('App threw an error during load\n', error)
  app.exit(1)
})
