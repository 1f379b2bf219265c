/** The server's log on its standard output: lines for people, or one JSON object a line for programs. */
import { printableText } from '../../common/safe-name.ts'
import type { NewAuditEntry } from '../audit/types.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogEntry {
  level: LogLevel
  /** What happened, in one word. */
  event: string
  message?: string
  session?: number
  account?: string | null
  address?: string | null
  [detail: string]: string | number | boolean | null | undefined
}

/** @param when `soon`: its line may wait for others for a moment. Lines stay in order. */
export type Log = (entry: LogEntry, when?: 'now' | 'soon') => void

/** Bytes that may wait for a reader who has fallen behind; beyond them lines are left out. */
const MAX_WAITING = 4 * 1024 * 1024
/** Characters of a value: clients choose some of them. */
const MAX_VALUE = 1024

/** ms that a line waits for others: each write to a pipe or file is a call to the system that everybody waits for. */
const GATHER_MS = 20
/** Characters that wait so. */
const MAX_GATHERED = 64 * 1024

/** @param now ms since the epoch */
export function createLog(output: NodeJS.WriteStream, form: 'text' | 'json', now: () => number = Date.now): Log {
  let omitted = 0
  let gathered = ''
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    process.off('exit', flush)
    output.write(gathered)
    gathered = ''
  }
  const add = (entry: LogEntry): void => {
    gathered += form === 'json' ? jsonLine(entry, now()) : textLine(entry, now())
  }
  return (entry, when = 'now') => {
    if (output.writableLength > MAX_WAITING) {
      omitted++
      return
    }
    if (omitted > 0) add({ level: 'warn', event: 'lines-omitted', message: 'Nobody read the log.', lines: omitted })
    omitted = 0
    add(entry)
    if (when === 'now' || gathered.length > MAX_GATHERED) flush()
    else if (timer === null) {
      timer = setTimeout(flush, GATHER_MS).unref()
      process.on('exit', flush)
    }
  }
}

/** Without control and direction characters: a log is read at a terminal. */
function harmless(value: LogEntry[string]): LogEntry[string] {
  return typeof value === 'string' ? printableText(value, MAX_VALUE) : value
}

function jsonLine({ level, event, session, address, account, ...rest }: LogEntry, now: number): string {
  const fixed = { time: new Date(now).toISOString(), level, event, session: session ?? null }
  const who = { address: address ?? null, account: account ?? null }
  const details = Object.entries(rest).filter(([, value]) => value !== null)
  const all = Object.entries({ ...fixed, ...who, ...Object.fromEntries(details) })
  return `${JSON.stringify(Object.fromEntries(all.map(([key, value]) => [key, harmless(value)])))}\n`
}

function textLine({ level, event, message, session, ...rest }: LogEntry, now: number): string {
  const time = new Date(now).toISOString()
  const details = Object.entries(rest)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${key}=${quoted(String(harmless(value)))}`)
  const words = [
    time,
    level.toUpperCase().padEnd(5),
    event,
    ...(session === undefined ? [] : [`#${session}`]),
    ...(message === undefined ? [] : [String(harmless(message))]),
    ...details,
  ]
  return `${words.join(' ')}\n`
}

const quoted = (text: string): string => (/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text))

/** An entry of the audit log as a line of the log. */
export function auditLine(entry: NewAuditEntry): LogEntry {
  const { kind, outcome, detail, ...rest } = entry
  const level = outcome === 'ok' ? 'info' : 'warn'
  return {
    level,
    event: kind,
    outcome,
    ...rest,
    ...(detail === undefined || detail === null ? {} : { message: detail }),
  }
}
