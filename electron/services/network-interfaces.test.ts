import { expect, test } from 'vitest'
import { shareInterfaces } from './network-interfaces.ts'

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) => ({
  address,
  netmask: '',
  mac: '',
  internal,
  cidr: null,
  ...(family === 'IPv6' ? { family, scopeid: 0 } : { family }),
})

test('loopback and link-local addresses are left out, the others say how far they reach', () => {
  const found = shareInterfaces({
    lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
    wlan0: [one('192.168.1.20', 'IPv4'), one('fe80::1', 'IPv6'), one('fd12::20', 'IPv6')],
    eth0: [one('203.0.113.9', 'IPv4'), one('2001:db8::9', 'IPv6')],
  })
  expect(found.map(({ host, reach }) => `${host} ${reach}`)).toEqual([
    '192.168.1.20 private',
    'fd12::20 private',
    '203.0.113.9 public',
    '2001:db8::9 public',
  ])
  expect(found[0]).toEqual({ host: '192.168.1.20', family: 'IPv4', interface: 'wlan0', reach: 'private' })
})

test('this computer’s own addresses are read without trouble', () => {
  expect(shareInterfaces().every(({ host }) => host !== '127.0.0.1')).toBe(true)
})
