/** The audit log as a file for others: CSV (RFC 4180) for spreadsheets, JSON for programs. */
import { open, rm } from 'node:fs/promises'
import { SluiceError, systemCode } from '../../common/errors.ts'
import type { AuditEntry, AuditFilter } from '../../common/share.ts'
import type { AuditLog } from './types.ts'

export interface AuditExport {
  /** Absolute; must not exist. */
  file: string
  format: 'csv' | 'json'
  filter: AuditFilter
}

const COLUMNS = [
  'id',
  'time',
  'kind',
  'outcome',
  'account',
  'address',
  'path',
  'target',
  'bytes',
  'ms',
  'verdict',
  'signature',
  'detail',
] as const satisfies readonly (keyof AuditEntry)[]

/**
 * Writes all entries that the filter lets through, oldest first, as they come from the database. What was written is
 * removed again when it cannot be finished. Gives their number.
 * @throws SluiceError local-exists, local-permission, local-disk-full, local-io; what the database throws
 */
export async function exportAudit(audit: AuditLog, { file, format, filter }: AuditExport): Promise<number> {
  // Names of files and people are in it.
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    throw fileError(file, cause)
  })
  let entries = 0
  try {
    await write(handle, file, format === 'csv' ? `${COLUMNS.join(',')}\r\n` : '[')
    for await (const batch of audit.all(filter)) {
      const rows = batch.map((entry) => {
        if (format === 'csv') return `${COLUMNS.map((column) => cell(entry, column)).join(',')}\r\n`
        return `${entries++ === 0 ? '' : ','}\n${JSON.stringify({ ...entry, time: isoTime(entry) })}`
      })
      if (format === 'csv') entries += rows.length
      await write(handle, file, rows.join(''))
    }
    if (format === 'json') await write(handle, file, '\n]\n')
    await handle.close()
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(file, { force: true })
    throw error
  }
  return entries
}

async function write(handle: Awaited<ReturnType<typeof open>>, file: string, text: string): Promise<void> {
  try {
    await handle.writeFile(text)
  } catch (cause) {
    throw fileError(file, cause)
  }
}

const isoTime = ({ time }: AuditEntry): string => new Date(time).toISOString()

function cell(entry: AuditEntry, column: (typeof COLUMNS)[number]): string {
  const value = column === 'time' ? isoTime(entry) : entry[column]
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  // Clients choose names: a spreadsheet would run what begins like a formula.
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const CODES = { EEXIST: 'local-exists', EACCES: 'local-permission', ENOSPC: 'local-disk-full' } as const

function fileError(file: string, cause: unknown): SluiceError {
  const code = systemCode(cause)
  const known = Object.entries(CODES).find(([name]) => name === code)?.[1] ?? 'local-io'
  const why = known === 'local-exists' ? 'it exists already; choose another name' : 'check the folder and the disk'
  return new SluiceError(known, `The audit log cannot be written to ${file}: ${why}.`, { cause })
}
