/** Where the server keeps what outlives it, unless `--data-folder` says so. */
import { homedir } from 'node:os'
import path from 'node:path'

const NAME = 'sluice-server'

/** Absolute; not made here. */
export function defaultDataFolder(
  env: Record<string, string | undefined>,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  // systemd makes it for a unit with StateDirectory= (systemd.exec(5)).
  const [state] = env['STATE_DIRECTORY']?.split(':') ?? []
  if (state !== undefined && path.isAbsolute(state)) return state
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', NAME)
  if (platform === 'win32') return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), NAME)
  const xdg = env['XDG_STATE_HOME']
  // Relative ones do not count (XDG Base Directory Specification).
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state'), NAME)
}
