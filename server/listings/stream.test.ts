import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Facts } from '../files/types.ts'
import { RIGHTS_OF_ROLE } from '../../common/share.ts'
import { FACT_NAMES, factsLine } from './format-facts.ts'
import { listLine } from './format-list.ts'
import { listingBytes } from './stream.ts'

function entry(name: string, target: string | null = null): Facts {
  const type = target === null ? 'file' : 'link'
  return { name, type, size: 1, modified: 0, mode: 0o644, links: 1, uid: 0, gid: 0, unique: '1', target }
}

async function* batches(...all: Facts[][]): AsyncGenerator<Facts[]> {
  yield* all
}

async function text(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts).toString()
}

test('a name with a line end is left out: it would be a line of its own', async () => {
  const forged = 'x\r\n-rw-r--r-- 1 0 0 1 Jan 1 1970 forged'
  const list = listingBytes(
    batches([entry('a'), entry(forged), entry('b\n'), entry('\u001b[2J')], [entry('c')]),
    (f) => f.name,
  )
  expect(await text(list)).toBe('a\r\nc\r\n')
})

test('of a link whose target cannot be shown only the name is', async () => {
  const line = await text(listingBytes(batches([entry('l', '/x\ny')]), (facts) => listLine(facts, Date.UTC(2026, 0))))
  expect(line).toBe('lrw-r--r--    1 0        0                   1 Jan  1  1970 l\r\n')
})

test('an empty folder is no bytes', async () => {
  expect(await text(listingBytes(batches([], []), (facts) => facts.name))).toBe('')
})

test('whatever the names, there are as many lines as names that can be shown', async () => {
  const names = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(names, async (given) => {
      const shown = given.filter((name) => !/[\u0000-\u001f\u007f-\u009f]/.test(name))
      const rights = new Set(RIGHTS_OF_ROLE.writer)
      for (const line of [(f: Facts) => listLine(f, 0), (f: Facts) => factsLine(f, f.name, FACT_NAMES, rights)]) {
        const written = await text(listingBytes(batches(given.map((name) => entry(name))), line))
        expect(written.split('\r\n').length - 1).toBe(shown.length)
        expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      }
    }),
  )
})
