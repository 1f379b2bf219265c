import { expect, test } from 'vitest'
import { endpointUrl, remoteUrl } from './endpoint.ts'
import type { Endpoint } from './models.ts'

const endpoint: Endpoint = { protocol: 'ftpes', host: '::1', port: 2121, user: 'a@b/c' }

test('an account becomes a URL in which nothing can be mistaken for something else', () => {
  expect(endpointUrl(endpoint)).toBe('ftpes://a%40b%2Fc@[::1]:2121')
  expect(endpointUrl({ ...endpoint, host: 'files.test', protocol: 'ftp' })).toBe('ftp://a%40b%2Fc@files.test:2121')
})

test('a path keeps its slashes and nothing else', () => {
  expect(remoteUrl({ ...endpoint, user: 'a' }, '/x/ü #1?')).toBe('ftpes://a@[::1]:2121/x/%C3%BC%20%231%3F')
})

test('names that are no Unicode do not throw', () => {
  expect(remoteUrl({ ...endpoint, user: '\ud800' }, '/\udc00')).toBe('ftpes://%EF%BF%BD@[::1]:2121/%EF%BF%BD')
})
