/** User and password from everywhere but a question: address, flags, environment, `.netrc`. */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { ANONYMOUS_PASSWORD } from '../common/models.ts'
import { findNetrcEntry, parseNetrc, type NetrcEntry } from './netrc.ts'
import { bad, unreadable } from './options.ts'

const PASSWORD_VARIABLE = 'SLUICE_PASSWORD'

export interface SecretsOptions {
  /** `--user` */
  user: string | null
  passwordFile: string | null
  netrcFile: string | null
  /** Passwords that stood in addresses on the command line. */
  fromAddresses: readonly { host: string; user: string; password: string }[]
  /** The password is removed from it, so that no child process inherits it. */
  env: Record<string, string | undefined>
  warn(text: string): void
}

export type FindCredentials = (host: string, user: string | null) => Promise<{ user: string; password: string } | null>

/**
 * Reads what the flags name at once, `.netrc` only when it is needed.
 * @throws SluiceError bad-argument for a password file that cannot be read or that others may read
 */
export async function openSecrets(o: SecretsOptions): Promise<FindCredentials> {
  const { env } = o
  const fromEnv = env[PASSWORD_VARIABLE]
  delete env[PASSWORD_VARIABLE]
  const given = fromEnv ?? (o.passwordFile === null ? null : await readPasswordFile(o.passwordFile))
  const explicit = o.netrcFile ?? env['NETRC'] ?? null
  if (o.netrcFile !== null) await refuseUnreadable(o.netrcFile)
  let netrc: Promise<readonly NetrcEntry[]> | null = null
  return async (host, asked) => {
    const wanted = asked ?? o.user
    const address = o.fromAddresses.find((one) => one.host === host && (wanted === null || one.user === wanted))
    if (address) return { user: address.user, password: address.password }
    netrc ??= readNetrc(explicit, o.warn)
    const entry = findNetrcEntry(await netrc, host, wanted)
    const user = wanted ?? entry?.login ?? null
    if (user === null) return null
    const password = given ?? entry?.password ?? null
    if (password !== null) return { user, password }
    return user === 'anonymous' || user === 'ftp' ? { user, password: ANONYMOUS_PASSWORD } : null
  }
}

async function readPasswordFile(file: string): Promise<string> {
  await refuseUnreadable(file)
  if (await othersMayRead(file)) throw bad(`Others may read the password in ${file}: run chmod 600 on it.`)
  const [first = ''] = (await readFile(file, 'utf8')).split(/\r?\n/, 1)
  if (first === '') throw bad(`The first line of ${file} is empty: the password belongs there.`)
  return first
}

async function refuseUnreadable(file: string): Promise<void> {
  try {
    await stat(file)
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

/** Windows has no such bits; there the file's access list is its owner's affair. */
async function othersMayRead(file: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0
}

/** @param explicit the file that was named; null: the usual places, where none is no reason for a word */
async function readNetrc(explicit: string | null, warn: (text: string) => void): Promise<readonly NetrcEntry[]> {
  const usual = process.platform === 'win32' ? ['.netrc', '_netrc'] : ['.netrc']
  for (const file of explicit === null ? usual.map((name) => path.join(homedir(), name)) : [explicit]) {
    try {
      if (await othersMayRead(file)) {
        warn(`${file} is not used, since others may read it: run chmod 600 on it.`)
        return []
      }
      return parseNetrc(await readFile(file, 'utf8'))
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!missing || explicit !== null) warn(`${file} is not used, since it cannot be read.`)
    }
  }
  return []
}
