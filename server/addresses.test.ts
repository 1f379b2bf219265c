import { expect, test } from 'vitest'
import { reachOf, shareAddresses } from './addresses.ts'

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.3.2.1', 'loopback'],
  ['::1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['169.254.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['fe80::1%eth0', 'private'],
  ['203.0.113.5', 'public'],
  ['2001:db8::1', 'public'],
])('%s is %s', (address, reach) => {
  expect(reachOf(address)).toBe(reach)
})

const interfaces = [
  { address: '127.0.0.1', name: 'lo' },
  { address: '::1', name: 'lo' },
  { address: '192.168.1.7', name: 'eth0' },
  { address: 'fe80::7%eth0', name: 'eth0' },
  { address: '203.0.113.5', name: 'ppp0' },
]
const urls = (host: string): string[] => shareAddresses(host, 21, false, interfaces).map(({ url }) => url)

test('"::" covers all addresses, "0.0.0.0" those of IPv4, those first that reach furthest', () => {
  expect(urls('::')).toEqual([
    'ftp://203.0.113.5:21',
    'ftp://192.168.1.7:21',
    'ftp://[fe80::7%eth0]:21',
    'ftp://127.0.0.1:21',
    'ftp://[::1]:21',
  ])
  expect(urls('0.0.0.0')).toEqual(['ftp://203.0.113.5:21', 'ftp://192.168.1.7:21', 'ftp://127.0.0.1:21'])
})

test('one address is that one, with the name of its interface, also where the system does not list it', () => {
  expect(shareAddresses('192.168.1.7', 990, true, interfaces)).toEqual([
    {
      url: 'ftps://192.168.1.7:990',
      host: '192.168.1.7',
      port: 990,
      implicit: true,
      reach: 'private',
      interface: 'eth0',
    },
  ])
  expect(shareAddresses('127.0.0.2', 21, false, interfaces)).toMatchObject([{ reach: 'loopback', interface: '' }])
})
