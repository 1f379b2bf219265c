/** `sluice-server audit`: reads the audit log, for people, programs and spreadsheets. */
import path from 'node:path'
import { printableText } from '../../common/safe-name.ts'
import { auditKindSchema, auditOutcomeSchema, type AuditEntry, type AuditFilter } from '../../common/share.ts'
import { exportAudit } from '../audit/export.ts'
import { openShareDatabase } from '../database/index.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { bad, type CommandLine } from './flags.ts'
import type { Surroundings } from './index.ts'
import { writeJsonLines } from './json-lines.ts'
import { placesOf } from './options.ts'
import { oneOf, parseNumber, parseTime } from './values.ts'

const LIMIT = 100
const MAX_LIMIT = 10_000
/** Characters of a value at a terminal. */
const MAX_VALUE = 200

/** @throws SluiceError bad-argument, local-exists, and what the database throws */
export async function readAudit(line: CommandLine, { env, stdout }: Surroundings): Promise<number> {
  const filter = filterOf(line)
  const limit = parseNumber('limit', line.value('limit') ?? String(LIMIT), 1, MAX_LIMIT)
  const csv = line.value('csv')
  if (csv !== null && (line.has('json') || line.has('limit')))
    throw bad('--csv writes everything: no --json, no --limit.')
  await using ending = new AsyncDisposableStack()
  const database = await openShareDatabase(placesOf(line, env).database)
  ending.defer(() => database.close())
  if (csv !== null) {
    const file = path.resolve(csv)
    const entries = await exportAudit(database.audit, { file, format: 'csv', filter })
    stdout.write(`${entries} entries in ${file}\n`)
    return EXIT_CODES.ok.code
  }
  if (line.has('json') && !line.has('limit')) {
    // For programs, which would not see that something is missing.
    await writeJsonLines(database.audit.all(filter), stdout)
    return EXIT_CODES.ok.code
  }
  // The newest are asked for, and read from top to bottom.
  const entries = (await database.audit.page({ ...filter, limit })).toReversed()
  for (const entry of entries) stdout.write(`${line.has('json') ? JSON.stringify(entry) : entryLine(entry)}\n`)
  return EXIT_CODES.ok.code
}

function filterOf(line: CommandLine): AuditFilter {
  const kinds = line.values('kind').map((kind) => oneOf('kind', kind, auditKindSchema.options))
  const outcomes = line.values('outcome').map((outcome) => oneOf('outcome', outcome, auditOutcomeSchema.options))
  const [account, address] = [line.value('account'), line.value('address')]
  const [since, until] = [line.value('since'), line.value('until')]
  const text = line.words.join(' ')
  return {
    ...(text === '' ? {} : { text }),
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(account === null ? {} : { account }),
    ...(address === null ? {} : { address }),
    ...(since === null ? {} : { from: parseTime('since', since) }),
    ...(until === null ? {} : { to: parseTime('until', until) }),
  }
}

function entryLine({ id: _id, time, kind, outcome, ...rest }: AuditEntry): string {
  const details = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? quoted(printableText(value, MAX_VALUE)) : value}`)
  return [new Date(time).toISOString(), kind, outcome, ...details].join(' ')
}

const quoted = (text: string): string => (/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text))
