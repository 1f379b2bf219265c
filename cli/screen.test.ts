import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Screen } from './screen.ts'

test('an object on a terminal cannot move the cursor or turn the reading direction, and says the same', async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const screen = new Screen({ stdout, stderr, json: true, quiet: false, onBroken: () => undefined })
  const object = { name: 'a\u001b[2J\u009b2J\u007f\u202egnp.exe ü' }
  screen.write({ lines: [], data: [object] })
  await screen.flush()
  const text = String(stdout.read())
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(text).toContain('ü')
  expect(JSON.parse(text)).toEqual(object)
})
