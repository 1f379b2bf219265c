/** What `npm start` runs, decided from what it found. Pure, so that every case can be tested. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Circumstances {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  isRoot: boolean
  /** Electron's executable; null: not there. */
  electron: string | null
  /** Why Electron is not there, for the user. */
  whyNoElectron: string
  /** An installed browser; null: none. */
  browser: string | null
  /** Node's executable. */
  node: string
  repository: string
  /** The user's own arguments. */
  args: string[]
}

export type StartPlan =
  { problem: string } | { problem: null; command: string; args: string[]; env: NodeJS.ProcessEnv; notes: string[] }

/** True if the user asked for the browser shell: it alone can run unseen. */
export function wantsShell(env: NodeJS.ProcessEnv): boolean {
  return env['SLUICE_SHELL'] === '1' || env['SLUICE_HEADLESS'] === '1'
}

/** What to say when a window could not be shown anywhere; null: it can. */
export function displayProblem(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string | null {
  if (platform !== 'linux' || env['SLUICE_HEADLESS'] === '1' || env['DISPLAY'] || env['WAYLAND_DISPLAY']) return null
  return (
    'There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Start Sluice from a desktop session, ' +
    'or with `xvfb-run -a npm start`; SLUICE_HEADLESS=1 runs it without a visible window.'
  )
}

/** The command to run, with what the user should know about it; or the one problem that prevents a start. */
export function planStart(found: Circumstances): StartPlan {
  const { env, platform } = found
  const notes: string[] = []
  if (found.isRoot && platform === 'linux') {
    notes.push('You are root: the sandbox of Chromium is off (--no-sandbox). Better start Sluice as an ordinary user.')
  }
  if (found.electron && !wantsShell(env)) {
    const flags = found.isRoot && platform === 'linux' ? ['--no-sandbox'] : []
    return { problem: null, command: found.electron, args: [...flags, found.repository, ...found.args], env, notes }
  }
  const why = wantsShell(env) ? 'as you asked' : `because Electron is not here (${found.whyNoElectron})`
  if (!found.browser) {
    return {
      problem:
        `Sluice would start in a browser window ${why}, but no Chromium, Chrome or Edge was found. ` +
        'Install one of them (on Debian: apt install chromium), or set SLUICE_BROWSER to its executable.',
    }
  }
  notes.unshift(`Starting in a window of ${found.browser}, ${why}.`)
  const shell = join(found.repository, 'e2e/shell')
  return {
    problem: null,
    command: found.node,
    args: [
      '--disable-warning=ExperimentalWarning',
      '--import',
      pathToFileURL(join(shell, 'register.ts')).href,
      join(shell, 'boot.ts'),
      found.repository,
      ...found.args,
    ],
    env: { ...env, SLUICE_BROWSER: found.browser },
    notes,
  }
}
