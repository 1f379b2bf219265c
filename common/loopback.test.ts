import { expect, test } from 'vitest'
import { isLoopback } from './loopback.ts'

test('knows what never leaves this computer', () => {
  expect(['127.0.0.1', '127.9.9.9', '127.255.255.255', '::1', 'localhost'].filter((host) => !isLoopback(host))).toEqual(
    [],
  )
})

test.each([
  '0.0.0.0',
  '::',
  '128.0.0.1',
  '',
  'localhost.example',
  '127.example',
  '127.0.0.1.example',
  '127.0.0.256',
  '127.0.0.01',
  '127.1',
  '127.0.0.1\n',
])('%j is none of it', (host) => {
  expect(isLoopback(host)).toBe(false)
})
