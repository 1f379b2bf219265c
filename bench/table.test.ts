import { expect, test } from 'vitest'
import { table } from './table.ts'

test('one row for each case and peer, the ratio is ours by theirs', () => {
  const cost = (seconds: number): { seconds: number; cpu: number; memory: number } => ({
    seconds,
    cpu: 1,
    memory: 50e6,
  })
  const rows = table([
    {
      name: 'get-plain',
      ours: cost(1),
      peers: [
        { name: 'curl', cost: cost(2) },
        { name: 'lftp', cost: cost(0.8) },
      ],
    },
  ]).split('\n')
  expect(rows).toHaveLength(4)
  expect(rows[2]).toMatch(/^\| get-plain \| curl \| 1\.00 s \| 2\.00 s \| +0\.50 \|.*50 MB \|$/)
  expect(rows[3]).toMatch(/^\| get-plain \| lftp \| 1\.00 s \| 0\.80 s \| +1\.25 \|/)
  expect(new Set(rows.map((row) => row.length)).size).toBe(1)
})
