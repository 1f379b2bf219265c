import { expect, test } from 'vitest'
import { remoteUrl, splitFtpUrl } from './ftp-url.ts'

test('a full address is taken apart', () => {
  expect(splitFtpUrl('ftp://ada:se%40cret@files.example.org:2121/pub/a%20b')).toEqual({
    protocol: undefined,
    host: 'files.example.org',
    port: 2121,
    user: 'ada',
    password: 'se@cret',
    path: '/pub/a b',
  })
})

test('the scheme decides about TLS where it says something', () => {
  expect(splitFtpUrl('ftps://h')?.protocol).toBe('ftps')
  expect(splitFtpUrl('ftps://h:21')?.protocol).toBe('ftpes')
  expect(splitFtpUrl('FTPES://h')?.protocol).toBe('ftpes')
})

test('IPv6 hosts lose their brackets', () => {
  expect(splitFtpUrl('ftp://[2001:db8::1]:21/')).toMatchObject({ host: '2001:db8::1', port: 21, path: undefined })
})

test('a password may hold "@" only encoded, a stray "%" is kept', () => {
  expect(splitFtpUrl('ftp://u:100%@h')?.password).toBe('100%')
})

test('other texts are not addresses', () => {
  for (const text of ['files.example.org', 'http://h/', 'sftp://h', 'ftp://', 'ftp://h:99999']) {
    expect(splitFtpUrl(text)).toBeNull()
  }
})

test('an address made for a file has no password and no default port', () => {
  const endpoint = { protocol: 'ftpes', host: '::1', port: 21, user: 'a b' } as const
  expect(remoteUrl(endpoint, '/x/ü #1')).toBe('ftpes://a%20b@[::1]/x/%C3%BC%20%231')
  expect(remoteUrl({ protocol: 'ftp', host: 'h', port: 2121, user: 'anonymous' }, '/')).toBe('ftp://h:2121/')
})

test('names that are no Unicode do not throw', () => {
  const endpoint = { protocol: 'ftp', host: 'h', port: 21, user: '\ud800' } as const
  expect(remoteUrl(endpoint, '/\udc00')).toBe('ftp://%EF%BF%BD@h/%EF%BF%BD')
})
