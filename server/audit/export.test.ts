import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openShareDatabase } from '../database/index.ts'
import type { AuditLog, NewAuditEntry } from './types.ts'
import { exportAudit } from './export.ts'

async function logOf(...entries: NewAuditEntry[]): Promise<{ audit: AuditLog; file: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const database = await openShareDatabase('sqlite::memory:', { now: () => Date.UTC(2026, 0, 31) })
  onTestFinished(() => database.close())
  entries.forEach((entry) => database.audit.add(entry))
  return { audit: database.audit, file: path.join(folder, 'audit') }
}

const upload = (path: string): NewAuditEntry => ({ kind: 'upload', outcome: 'ok', account: 'ann', path, bytes: 5 })

test('CSV has a line for each entry, oldest first, and quotes what needs it', async () => {
  const { audit, file } = await logOf(upload('/a, "b".txt'), upload('/plain'))
  expect(await exportAudit(audit, { file, format: 'csv', filter: {} })).toBe(2)
  expect(readFileSync(file, 'utf8')).toBe(
    'id,time,kind,outcome,account,address,path,target,bytes,ms,verdict,signature,detail\r\n' +
      '1,2026-01-31T00:00:00.000Z,upload,ok,ann,,"/a, ""b"".txt",,5,,,,\r\n' +
      '2,2026-01-31T00:00:00.000Z,upload,ok,ann,,/plain,,5,,,,\r\n',
  )
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0)
})

test('a spreadsheet does not run what a client has called itself', async () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(1)']
  const { audit, file } = await logOf(
    ...formulas.map((account) => ({ kind: 'login-failed', outcome: 'refused', account }) as const),
  )
  await exportAudit(audit, { file, format: 'csv', filter: {} })
  for (const formula of formulas) expect(readFileSync(file, 'utf8')).toContain(`,'${formula},`)
})

test.each([0, 1, 3])('JSON is an array of %i entries', async (count) => {
  const { audit, file } = await logOf(...Array.from({ length: count }, (_, index) => upload(`/${index}`)))
  expect(await exportAudit(audit, { file, format: 'json', filter: {} })).toBe(count)
  const entries = JSON.parse(readFileSync(file, 'utf8')) as { path: string; time: string }[]
  expect(entries.map((entry) => entry.path)).toEqual(['/0', '/1', '/2'].slice(0, count))
  for (const { time } of entries) expect(time).toBe('2026-01-31T00:00:00.000Z')
})

test('the filter counts, and a file that is there is not touched', async () => {
  const { audit, file } = await logOf(upload('/a'), { kind: 'delete', outcome: 'ok' })
  const filtered = { file, format: 'csv', filter: { kinds: ['delete'] } } as const
  expect(await exportAudit(audit, { ...filtered, filter: { kinds: ['delete'] } })).toBe(1)
  const before = readFileSync(file, 'utf8')
  await expect(exportAudit(audit, { file, format: 'csv', filter: {} })).rejects.toMatchObject({ code: 'local-exists' })
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('what cannot be finished leaves nothing behind', async () => {
  const { audit, file } = await logOf(upload('/a'))
  const broken: AuditLog = Object.assign(Object.create(audit) as AuditLog, {
    all: async function* () {
      yield []
      throw new Error('The database has gone.')
    },
  })
  await expect(exportAudit(broken, { file, format: 'json', filter: {} })).rejects.toThrow('gone')
  expect(existsSync(file)).toBe(false)
  const nowhere = path.join(file, 'not/there')
  await expect(exportAudit(audit, { file: nowhere, format: 'json', filter: {} })).rejects.toMatchObject({
    code: 'local-io',
  })
})
