/**
 * What clamd's own configuration says about its limits. It matters for safety: a file above MaxFileSize or MaxScanSize
 * is answered with "OK" without having been looked at (clamd.conf(5); only AlertExceedsMax changes that).
 */
import { readdir, readFile, realpath } from 'node:fs/promises'
import { isLoopback } from '../common/loopback.ts'
import type { ClamdAddress } from './clamd-address.ts'

export interface ClamdLimits {
  /** Largest body in bytes that clamd is certain to look at. */
  maxBytes: number
  /** ms after which clamd gives up a file, and may answer OK for the part it saw. */
  maxScanTime: number
  /** True when clamd reports parts of archives that are beyond its limits instead of skipping them. */
  alertsOnLimits: boolean
  databaseFolder: string | null
  /** ms between clamd's looks at its database folder. */
  selfCheck: number
}

const MIB = 1024 * 1024
/** libclamav looks at no file above 2 GiB - 1, whatever the configuration says. */
const LIBRARY_LIMIT = 2 ** 31 - 1
/** Used where the configuration cannot be read: the smallest value that a packaged clamd comes with. */
const CAUTIOUS_LIMIT = 25 * MIB
const DEFAULT_SCAN_TIME = 120_000

const USUAL_FILES = [
  '/etc/clamav/clamd.conf',
  '/etc/clamd.d/scan.conf',
  '/etc/clamd.conf',
  '/usr/local/etc/clamav/clamd.conf',
  '/opt/homebrew/etc/clamav/clamd.conf',
  'C:\\Program Files\\ClamAV\\clamd.conf',
]

/** Limits of a clamd whose configuration is out of sight. */
export const UNKNOWN_LIMITS: ClamdLimits = {
  maxBytes: CAUTIOUS_LIMIT,
  maxScanTime: DEFAULT_SCAN_TIME,
  alertsOnLimits: false,
  databaseFolder: null,
  selfCheck: 3_600_000,
}

/**
 * Limits from the text of a clamd.conf.
 * @param version "1.4.6": the defaults of what is not set changed with 1.0 (25M and 100M before).
 */
export function limitsFromConfig(text: string, version: string): ClamdLimits {
  const options = parseConfig(text)
  const old = /^0\./.test(version)
  const sizes = [
    parseSize(options.get('streammaxlength'), old ? 25 * MIB : 100 * MIB),
    parseSize(options.get('maxfilesize'), old ? 25 * MIB : 100 * MIB),
    parseSize(options.get('maxscansize'), old ? 100 * MIB : 400 * MIB),
    LIBRARY_LIMIT,
  ]
  return {
    maxBytes: Math.min(...sizes),
    maxScanTime: parseNumber(options.get('maxscantime'), DEFAULT_SCAN_TIME) || Infinity,
    alertsOnLimits: /^(yes|true|1)$/i.test(options.get('alertexceedsmax') ?? ''),
    databaseFolder: options.get('databasedirectory') ?? null,
    // 0 turns the look off; then freshclam's notice is what makes clamd reload, usually within the hour
    selfCheck: (parseNumber(options.get('selfcheck'), 600) || 3600) * 1000,
  }
}

/**
 * Finds the configuration file of the clamd at `address`: those that running clamd processes were started with, then
 * the usual places; what does not name this very socket is another clamd's. Null where none can be read.
 */
export async function findClamdConfig(address: ClamdAddress): Promise<string | null> {
  for (const candidate of [...(await filesOfRunningClamds()), ...USUAL_FILES]) {
    const text = await readFile(candidate, 'utf8').catch(() => null)
    if (text !== null && (await listensAt(parseConfig(text), address))) return candidate
  }
  return null
}

/** Option names (lower case) -> values; the first of several counts, as none that we read may be repeated. */
function parseConfig(text: string): Map<string, string> {
  const options = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^\s*([A-Za-z0-9]+)\s+(.+?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined || options.has(name.toLowerCase())) continue
    options.set(name.toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  }
  return options
}

async function listensAt(options: Map<string, string>, address: ClamdAddress): Promise<boolean> {
  if (address.kind === 'unix') {
    const socket = options.get('localsocket')
    return socket !== undefined && (await canonical(socket)) === (await canonical(address.path))
  }
  return isLoopback(address.host) && options.get('tcpsocket') === String(address.port)
}

/** /var/run is a link to /run on today's systems. */
async function canonical(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** Configuration files named on the command lines of running clamds; Linux only, elsewhere none. */
async function filesOfRunningClamds(): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const files = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      return /(^|\/)clamd$/.test(words[0] ?? '') ? configOption(words) : null
    }),
  )
  return files.filter((file) => file !== null)
}

function configOption(words: string[]): string | null {
  for (const [index, word] of words.entries()) {
    if (word === '-c' || word === '--config-file') return words[index + 1] ?? null
    const [, file] = /^(?:--config-file=|-c)(.+)$/.exec(word) ?? []
    if (file !== undefined) return file
  }
  return null
}

/** "25M", "512K", "1G" or bytes. 0 means "no limit" to clamd. What cannot be read counts as the default. */
function parseSize(text: string | undefined, fallback: number): number {
  const [, digits, unit] = /^(\d+)([KMG])?$/i.exec(text ?? '') ?? []
  if (digits === undefined) return fallback
  const factor = { k: 1024, m: MIB, g: 1024 * MIB }[unit?.toLowerCase() ?? ''] ?? 1
  return Number(digits) * factor || LIBRARY_LIMIT
}

function parseNumber(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback
}
