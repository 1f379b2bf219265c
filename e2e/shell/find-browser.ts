/** Finds an installed Chromium, Chrome or Edge: by name on PATH, then in the usual places of the operating system. */
import { accessSync, constants, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'

export interface SearchPlace {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  /** Whether this path is an executable file. */
  isExecutable(path: string): boolean
}

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
]
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

/** Every path worth trying, best first. Pure: looks at nothing but its arguments. */
export function browserCandidates({ platform, env }: Pick<SearchPlace, 'platform' | 'env'>): string[] {
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (root) => root !== undefined,
    )
    return windowsPrograms.flatMap((program) => roots.map((root) => win32.join(root, program)))
  }
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => posix.isAbsolute(folder))
  const onPath = commands.flatMap((command) => folders.map((folder) => posix.join(folder, command)))
  if (platform !== 'darwin') {
    return [...onPath, '/snap/bin/chromium', '/opt/google/chrome/chrome', '/usr/lib/chromium/chromium']
  }
  const bundles = ['/Applications', posix.join(env['HOME'] ?? '/', 'Applications')]
  return [
    ...macApps.flatMap((name) => bundles.map((folder) => `${folder}/${name}.app/Contents/MacOS/${name}`)),
    ...onPath,
  ]
}

/** SLUICE_BROWSER if set (taken at its word), else the first candidate that exists; null if there is none. */
export function findBrowser(place: SearchPlace = thisMachine): string | null {
  const named = place.env['SLUICE_BROWSER']
  if (named) return named
  return browserCandidates(place).find((path) => place.isExecutable(path)) ?? null
}

const thisMachine: SearchPlace = {
  platform: process.platform,
  env: process.env,
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK)
      return statSync(path).isFile()
    } catch {
      return false
    }
  },
}
