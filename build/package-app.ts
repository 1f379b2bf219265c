/** Packages the built app into a folder, as `electron-builder --dir` does, with Electron's files or a stand-in for them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findElectron } from '../scripts/electron-binary.ts'

const repository = path.join(import.meta.dirname, '..')

export interface PackagedApp {
  /** The packed archive. */
  asar: string
  /** The packed executable; null when Electron's files were a stand-in. */
  executable: string | null
  /** The commands of the package. */
  commands: Record<'sluice' | 'sluice-server', string | null>
}

/** What electron-builder expects of a Linux distribution of Electron, without a single byte of Electron. */
function makeStandIn(folder: string, version: string): void {
  mkdirSync(path.join(folder, 'locales'), { recursive: true })
  writeFileSync(path.join(folder, 'version'), version)
  writeFileSync(path.join(folder, 'electron'), '#!/bin/sh\necho "This is a stand-in for Electron." >&2\nexit 1\n', {
    mode: 0o755,
  })
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak']) {
    writeFileSync(path.join(folder, name), '')
  }
}

function findFile(folder: string, name: string): string | null {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) => path.basename(file) === name)
  return found === undefined ? null : path.join(folder, found)
}

/**
 * Packages what is in out/ for this system. Without Electron's files (Linux only) the archive is real, the executable is
 * not, and so has no fuses to set.
 * @param folder where everything goes; must exist
 * @throws Error with electron-builder's words when it fails
 */
export function packageApp(folder: string): PackagedApp {
  const electron = findElectron()
  const overrides: Record<string, unknown> = {
    extends: path.join(import.meta.dirname, 'electron-builder.yml'),
    directories: { output: path.join(folder, 'packed') },
  }
  if (electron === null) {
    const manifest = readFileSync(path.join(repository, 'node_modules/electron/package.json'), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    const standIn = path.join(folder, 'electron')
    makeStandIn(standIn, version)
    Object.assign(overrides, { electronDist: standIn, electronVersion: version, electronFuses: null })
  }
  const config = path.join(folder, 'electron-builder.json')
  writeFileSync(config, JSON.stringify(overrides))
  const program = path.join(repository, 'node_modules/electron-builder/cli.js')
  const done = spawnSync(
    process.execPath,
    [program, '--dir', '--publish', 'never', '--projectDir', repository, '--config', config],
    {
      cwd: repository,
      encoding: 'utf8',
      // Signing is for releases: a test must not pick up certificates of the machine.
      env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
    },
  )
  const asar = done.status === 0 ? findFile(path.join(folder, 'packed'), 'app.asar') : null
  if (asar === null) throw new Error(`electron-builder failed:\n${done.stdout}${done.stderr}`)
  const names = { linux: 'sluice-desktop', win32: 'Sluice.exe', darwin: 'Sluice' } as const
  const name = names[process.platform as keyof typeof names]
  const suffix = process.platform === 'win32' ? '.cmd' : ''
  const packed = path.join(folder, 'packed')
  return {
    asar,
    executable: electron === null ? null : findFile(packed, name),
    commands: {
      sluice: findFile(packed, `sluice${suffix}`),
      'sluice-server': findFile(packed, `sluice-server${suffix}`),
    },
  }
}
