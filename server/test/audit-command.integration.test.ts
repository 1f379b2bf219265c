import path from 'node:path'
import { expect, test } from 'vitest'
import { openShareDatabase } from '../database/index.ts'
import { makePlace, runServer, type Place } from './sluice-server.ts'

/** More than a page of the audit log may have. */
const ENTRIES = 10_050

async function fill(place: Place): Promise<string> {
  const spec = `sqlite:${path.join(place.base, 'share.sqlite')}`
  const database = await openShareDatabase(spec)
  const { audit } = database
  for (let nr = 0; nr < ENTRIES; nr++) {
    audit.add({ kind: 'upload', outcome: 'ok', account: nr % 2 === 0 ? 'ann' : 'bob', path: `/${nr}` })
    if (nr % 500 === 0) await audit.flush()
  }
  await database.close()
  return spec
}

test('JSON has every entry that passes, oldest first; with --limit the newest', async () => {
  const place = makePlace()
  const db = await fill(place)
  const paths = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await runServer(['audit', '--json', '--db', db, ...args], place)
    const lines = stdout === '' ? [] : stdout.trimEnd().split('\n')
    return lines.map((text) => (JSON.parse(text) as { path: string }).path)
  }
  const all = Array.from({ length: ENTRIES }, (_, nr) => `/${nr}`)
  expect(await paths()).toEqual(all)
  expect(await paths('--account', 'bob')).toEqual(all.filter((_, nr) => nr % 2 === 1))
  expect(await paths('--account', 'nobody')).toEqual([])
  expect(await paths('--limit', '2')).toEqual(all.slice(-2))
  const text = await runServer(['audit', '--db', db], place)
  expect(text.stdout.trimEnd().split('\n')).toHaveLength(100)
})
