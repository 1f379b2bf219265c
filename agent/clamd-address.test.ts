import { expect, test } from 'vitest'
import { formatClamdAddress, parseClamdAddress, usualClamdAddresses } from './clamd-address.ts'

test.each([
  ['unix:/run/clamav/clamd.ctl', { kind: 'unix', path: '/run/clamav/clamd.ctl' }],
  ['tcp:127.0.0.1:3310', { kind: 'tcp', host: '127.0.0.1', port: 3310 }],
  ['tcp:localhost:1', { kind: 'tcp', host: 'localhost', port: 1 }],
  ['tcp:[::1]:3310', { kind: 'tcp', host: '::1', port: 3310 }],
])('reads %s and writes it again', (text, address) => {
  const parsed = parseClamdAddress(text, false)
  expect(parsed).toEqual(address)
  expect(formatClamdAddress(parsed)).toBe(text)
})

test.each(['', 'unix:', '/run/x', 'tcp:3310', 'tcp:localhost:0', 'tcp:localhost:65536', 'tcp::1:3310', 'http://x:1'])(
  'refuses %j',
  (text) => {
    expect(() => parseClamdAddress(text, true)).toThrow(/no address of a clamd/)
  },
)

test.each(['tcp:10.0.0.1:3310', 'tcp:scanner.example:3310', 'tcp:[2001:db8::1]:3310', 'tcp:127.0.0.1.example:3310'])(
  'takes %s only when remote clamds are allowed',
  (text) => {
    expect(() => parseClamdAddress(text, false)).toThrow(/--allow-remote-clamd/)
    expect(parseClamdAddress(text, true).kind).toBe('tcp')
  },
)

test('Windows has no unix sockets to try', () => {
  expect(usualClamdAddresses('win32').every((address) => address.kind === 'tcp')).toBe(true)
  expect(usualClamdAddresses('linux').length).toBeGreaterThan(3)
})
