import { expect, test } from 'vitest'
import { hostPort, parseExtendedPort, parseHostPort, sameAddress } from './addresses.ts'

test('PORT', () => {
  expect(parseHostPort('127,0,0,1,4,1')).toEqual({ address: '127.0.0.1', port: 1025 })
  for (const bad of [
    '',
    '127,0,0,1,4',
    '127,0,0,1,4,256',
    '127,0,0,1,4,1,1',
    '127.0.0.1,4,1',
    ' 127,0,0,1,4,1',
    '-1,0,0,1,4,1',
  ]) {
    expect(parseHostPort(bad), bad).toBeNull()
  }
  expect(hostPort('192.0.2.1', 50_001)).toBe('192,0,2,1,195,81')
})

test('EPRT', () => {
  expect(parseExtendedPort('|1|132.235.1.2|6275|')).toEqual({ family: 1, address: '132.235.1.2', port: 6275 })
  expect(parseExtendedPort('|2|1080::8:800:200C:417A|5282|')).toEqual({
    family: 2,
    address: '1080::8:800:200C:417A',
    port: 5282,
  })
  expect(parseExtendedPort('!1!127.0.0.1!65535!')?.port).toBe(65_535)
  expect(parseExtendedPort('|3|elsewhere|1|')?.family).toBe(3)
  for (const bad of [
    '',
    '|',
    '|1|127.0.0.1|80',
    '|1|::1|80|',
    '|2|127.0.0.1|80|',
    '|1|127.0.0.1|65536|',
    '|1|127.0.0.1|80|x',
    '|1|localhost|80|',
    'é1é127.0.0.1é80é',
  ]) {
    expect(parseExtendedPort(bad), bad).toBeNull()
  }
})

test('the same address in other spellings is the same', () => {
  expect(sameAddress('::ffff:127.0.0.1', '127.0.0.1')).toBe(true)
  expect(sameAddress('::FFFF:7f00:1', '127.0.0.1')).toBe(false)
  expect(sameAddress('0:0:0:0:0:0:0:1', '::1')).toBe(true)
  expect(sameAddress('FE80::1', 'fe80::1%eth0')).toBe(true)
  expect(sameAddress('fe80::1%eth1', 'fe80::1%eth0')).toBe(false)
  expect(sameAddress('127.0.0.1', '127.0.0.2')).toBe(false)
  expect(sameAddress('', '')).toBe(false)
})
