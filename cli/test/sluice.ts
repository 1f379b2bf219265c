/** Starts the program as its users do: as a process of its own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { startProgram, type Ended, type Running } from '../../testing/program.ts'
import type { Vsftpd } from '../../testing/vsftpd.ts'

export const ENTRY = path.join(import.meta.dirname, '../main.ts')

export interface Place {
  /** Where the program runs: a fresh folder. */
  folder: string
  /** Its data folder; not made. */
  data: string
  /** Its environment: nothing of the machine's own `.netrc` or settings. */
  env: Record<string, string>
}

/** A fresh folder to run in, gone with the test. */
export function makePlace(): Place {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-cli-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  const folder = path.join(base, 'work')
  const data = path.join(base, 'data')
  mkdirSync(folder)
  const inherited = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const env = Object.fromEntries(
    inherited.filter(([name]) => !/^(SLUICE_|NETRC$|NO_COLOR|FORCE_COLOR|VITEST)/.test(name)),
  )
  return { folder, data, env: { ...env, HOME: base, SLUICE_DATA: data } }
}

export interface RunOptions {
  place: Place
  env?: Record<string, string>
  /** What it reads; null leaves its standard input open and silent. Default: nothing. */
  input?: string | null
}

/** Starts `sluice` with pipes for everything; it ends with the test. */
export function startSluice(args: readonly string[], { place, env, input = '' }: RunOptions): Running {
  return startProgram(ENTRY, args, { cwd: place.folder, env: { ...place.env, ...env }, input })
}

/** Runs `sluice` to its end. */
export function runSluice(args: readonly string[], o: RunOptions): Promise<Ended> {
  return startSluice(args, o).ended
}

/** The objects that `--json` printed. @throws SyntaxError when a line is none */
export function objects(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** An address on the server, without the password. */
export function urlOf(server: Vsftpd, remotePath = '', scheme = 'ftp'): string {
  return `${scheme}://${server.user}@${server.host}:${server.port}${remotePath}`
}
