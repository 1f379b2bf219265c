/** Starts `sluice-server` as its users do: as a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { peer } from '../../testing/peers.ts'
import { startProgram, type Ended, type Running as Program } from '../../testing/program.ts'

export const ENTRY = path.join(import.meta.dirname, '../main.ts')

export interface Place {
  /** The folder to share; empty. */
  root: string
  /** The server's data folder; not made. */
  data: string
  /** A folder for whatever else. */
  base: string
}

/** Fresh folders, gone with the test. */
export function makePlace(): Place {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-server-cli-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  const root = path.join(base, 'root')
  mkdirSync(root)
  return { root, data: path.join(base, 'data'), base }
}

export interface Running extends Program {
  /** Waits until the standard output has matched. @throws Error when the program ends before */
  until(pattern: RegExp): Promise<RegExpExecArray>
}

/** Starts it with nothing to read; it ends with the test. */
export function startServer(args: readonly string[], place: Place, env: Record<string, string> = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SLUICE_|XDG_|VITEST)/.test(name))
  const program = startProgram(ENTRY, args, {
    cwd: place.base,
    env: { ...Object.fromEntries(inherited), HOME: place.base, STATE_DIRECTORY: place.data, ...env },
    input: '',
  })
  const { child, ended, stdout, stderr } = program
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout())
        if (found) resolve(found)
      }
      child.stdout?.on('data', look)
      void ended.then(() => reject(new Error(`sluice-server ended early:\n${stdout()}${stderr()}`)))
      look()
    })
  return { ...program, until }
}

/** Runs it to its end. */
export function runServer(args: readonly string[], place: Place, env: Record<string, string> = {}): Promise<Ended> {
  return startServer(args, place, env).ended
}

/** Waits until it serves; gives the port of plain and explicit TLS. */
export async function untilReady(running: Running): Promise<number> {
  await running.until(/ ready |"event":"ready"/)
  return Number(/ftp:\/\/127\.0\.0\.1:(\d+)/.exec(running.stdout())?.[1])
}

/** Runs curl over explicit TLS, whoever's certificate it is. */
export async function curl(...args: string[]): Promise<Ended> {
  const child = spawn(peer('curl'), ['-sS', '-k', '--ssl-reqd', '--max-time', '20', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}
