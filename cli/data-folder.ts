/** Where the app keeps what outlives a run: certificates trusted there are trusted here. */
import { homedir } from 'node:os'
import path from 'node:path'

/** The name under which Electron files the app's data. */
const NAME = 'Sluice'

/** Absolute folder; SLUICE_DATA names another. The same that Electron calls `userData`. */
export function dataFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const chosen = env['SLUICE_DATA']
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen)
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', NAME)
  if (platform === 'win32') return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), NAME)
  const config = env['XDG_CONFIG_HOME']
  // Relative ones do not count (XDG Base Directory Specification).
  return path.join(config !== undefined && path.isAbsolute(config) ? config : path.join(home, '.config'), NAME)
}
