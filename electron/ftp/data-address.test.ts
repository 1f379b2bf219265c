import { expect, test } from 'vitest'
import { activeCommand, epsvPort, pasvPort } from './data-address.ts'

test.each([
  ['Entering Passive Mode (192,0,2,1,4,1).', 1025],
  ['=192,0,2,1,255,255', 65535],
  ['Passive 192, 0, 2, 1, 0, 21 now', 21],
  ['Entering Passive Mode (192,0,2,1,0,0).', null],
  ['Entering Passive Mode (192,0,2,1,256,1).', null],
  ['Entering Passive Mode', null],
])('PASV: %j', (text, port) => {
  expect(pasvPort(text)).toBe(port)
})

test.each([
  ['Extended Passive (|||6446|)', 6446],
  ['ok (!!!21!)', 21],
  ['(|||0|)', null],
  ['(|||65536|)', null],
  ['(||x|6446|)', null],
  ['(|1|192.0.2.1|6446|)', null],
  ['6446', null],
])('EPSV: %j', (text, port) => {
  expect(epsvPort(text)).toBe(port)
})

test('active mode says PORT for IPv4 and EPRT for IPv6', () => {
  expect(activeCommand('192.0.2.1', 1025)).toEqual({ verb: 'PORT', argument: '192,0,2,1,4,1' })
  expect(activeCommand('2001:db8::1', 1025)).toEqual({ verb: 'EPRT', argument: '|2|2001:db8::1|1025|' })
})
