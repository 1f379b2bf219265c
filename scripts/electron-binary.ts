/** Electron's executable: whether it was downloaded, and one bounded attempt to download it. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const packageFolder = resolve(import.meta.dirname, '../node_modules/electron')
const failureFile = resolve(import.meta.dirname, '../node_modules/.cache/sluice/electron-download-failed.json')
const downloadTimeout = 60_000 // ms
const retryAfter = 6 * 3_600_000 // ms

/** A failed attempt, remembered so that not every start waits for the next one. */
export interface DownloadFailure {
  /** Unix time in ms. */
  at: number
  reason: string
}

/**
 * Absolute path of the executable, or null if it is not there. Never asks `require('electron')`, which would start a
 * download of its own.
 */
export function findElectron(folder: string = packageFolder): string | null {
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const executable = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(executable) ? executable : null
}

/** The line of an installer's output that tells most, at most 160 characters long. */
export function reasonOf(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '))
  const line = lines.find((text) => /error|ENOTFOUND|EAI_AGAIN|ECONN|denied|timed? ?out/i.test(text)) ?? lines.at(-1)
  return (line ?? 'its installer said nothing').replace(/^\w*Error: /, '').slice(0, 160)
}

/** Whether a remembered failure is fresh enough not to try again. */
export function isRecent(failure: DownloadFailure, now: number): boolean {
  return now - failure.at >= 0 && now - failure.at < retryAfter
}

/**
 * Runs Electron's own install step, for at most a minute, unless it failed within the last six hours.
 * @returns null when the executable is there afterwards, else why it is not
 */
export async function downloadElectron(say: (line: string) => void): Promise<string | null> {
  const before = readFailure()
  if (before && isRecent(before, Date.now()))
    return `${before.reason} (tried at ${new Date(before.at).toLocaleString()})`
  say('Downloading Electron ...')
  const reason = await runInstaller()
  if (reason === null && findElectron()) {
    rmSync(failureFile, { force: true })
    return null
  }
  const failure: DownloadFailure = { at: Date.now(), reason: reason ?? 'its download left no executable' }
  mkdirSync(dirname(failureFile), { recursive: true })
  writeFileSync(failureFile, JSON.stringify(failure))
  return failure.reason
}

function readFailure(): DownloadFailure | null {
  try {
    const { at, reason } = JSON.parse(readFileSync(failureFile, 'utf8')) as Partial<DownloadFailure>
    return typeof at === 'number' && typeof reason === 'string' ? { at, reason } : null
  } catch {
    return null // no failure so far, or an unreadable note about one: try
  }
}

function runInstaller(): Promise<string | null> {
  const installer = join(packageFolder, 'install.js')
  if (!existsSync(installer)) return Promise.resolve('the electron package is not installed; run npm install')
  // An override would make the installer believe that Electron is there.
  const { ELECTRON_OVERRIDE_DIST_PATH: _, ...env } = process.env
  return new Promise((done) => {
    const child = spawn(process.execPath, [installer], { stdio: ['ignore', 'pipe', 'pipe'], env })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.stderr.on('data', (chunk) => (output += String(chunk)))
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      child.kill()
    }, downloadTimeout)
    child.once('error', (error) => done(error.message))
    child.once('close', (code) => {
      clearTimeout(timer)
      if (timedOut) done(`its download did not end within ${downloadTimeout / 1000} seconds`)
      else done(code === 0 ? null : `its download failed: ${reasonOf(output)}`)
    })
  })
}
