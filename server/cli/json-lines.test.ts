import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { writeJsonLines } from './json-lines.ts'

/** Batches of one; notes how many were asked for. */
function source(count: number) {
  const asked = { batches: 0, ended: false }
  async function* batches(): AsyncGenerator<number[]> {
    try {
      while (asked.batches < count) yield [asked.batches++]
    } finally {
      asked.ended = true
    }
  }
  return { asked, batches: batches() }
}

test('each is a line, and no batch is asked for before the one before is taken', async () => {
  const { asked, batches } = source(5)
  let written = ''
  let ahead = 0
  const slow = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString('utf8')
      setImmediate(() => {
        ahead = Math.max(ahead, asked.batches - written.split('\n').length + 1)
        done()
      })
    },
  })
  await writeJsonLines(batches, slow)
  expect(written).toBe('0\n1\n2\n3\n4\n')
  expect(ahead).toBe(0)
})

test('a reader who has gone ends it, and the reading of the source', async () => {
  const { asked, batches } = source(1000)
  const gone = new Writable({
    write: (_chunk, _encoding, done) => done(asked.batches < 3 ? null : new Error('write EPIPE')),
  })
  gone.on('error', () => undefined)
  await writeJsonLines(batches, gone)
  expect(asked).toEqual({ batches: 3, ended: true })
})
