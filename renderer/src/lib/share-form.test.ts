import { expect, test } from 'vitest'
import { shareConfigSchema, type ShareConfig } from '../../../common/share.ts'
import { checkShareForm, formOf, isExposed, startProblem, type FieldErrors, type ShareForm } from './share-form.ts'

const DEFAULTS = shareConfigSchema.parse({})
const check = (change: Partial<ShareForm>, saved: ShareConfig = DEFAULTS) =>
  checkShareForm({ ...formOf(saved), ...change }, saved)

/** What is wrong with the defaults and these changes. */
function errorsOf(change: Partial<ShareForm>): FieldErrors {
  const checked = check(change)
  return checked.ok ? {} : checked.errors
}

test.each([
  {},
  { host: '::1' },
  { host: '::', port: 0, implicitPort: 990, root: '/srv/share', scan: false, active: false },
  { host: '192.168.1.20', passive: { from: 50_000, to: 50_100, externalAddress: '203.0.113.9' } },
  { tls: { mode: 'allowed', certificateFile: '/etc/c.pem', keyFile: '/etc/k.pem', requireResumption: true } },
  { anonymous: { enabled: true, root: 'C:\\pub' }, signUp: { enabled: true, folder: '/srv/new', quotaBytes: null } },
  { limits: { connections: 3 }, audit: { keepDays: 7 }, greeting: '' },
])('a configuration comes out of the form as it went in: %j', (input) => {
  const config = shareConfigSchema.parse(input)
  expect(check({}, config)).toEqual({ ok: true, config })
})

test('from the network back to this computer', () => {
  const open = shareConfigSchema.parse({ host: '0.0.0.0' })
  expect(check({ reach: 'loopback' }, open)).toMatchObject({ ok: true, config: { host: '127.0.0.1' } })
  expect(check({ reach: 'network' })).toMatchObject({ ok: true, config: { host: '0.0.0.0' } })
})

test('what is wrong is said beside its field', () => {
  expect(errorsOf({ port: 'ftp' })).toEqual({ port: 'Type a whole number.' })
  expect(errorsOf({ port: '70000' })).toEqual({ port: 'At most 65535.' })
  expect(errorsOf({ port: '-1' })).toEqual({ port: 'Type a whole number.' })
  expect(errorsOf({ connections: '0', banSeconds: '' })).toEqual({
    connections: 'At least 1.',
    banSeconds: 'Type a whole number.',
  })
  expect(errorsOf({ passiveFrom: '6000', passiveTo: '5000' }).passiveTo).toMatch(/upside down/)
  expect(errorsOf({ passiveFrom: '6000' })).toEqual({ passiveTo: 'Type the last port as well.' })
  expect(errorsOf({ passiveTo: '6000' })).toEqual({ passiveFrom: 'Type the first port as well.' })
  expect(errorsOf({ reach: 'network', host: ' ' })).toEqual({ host: 'Something has to stand here.' })
  expect(errorsOf({ greeting: 'Grüß Gott' }).greeting).toMatch(/ASCII/)
  expect(errorsOf({ signUpQuota: 'much' }).signUpQuota).toMatch(/500 MB/)
  expect(errorsOf({ root: 'here' }).root).toMatch(/whole path/)
})

test('fields that need each other', () => {
  expect(errorsOf({ anonymous: true }).anonymousRoot).toMatch(/Choose the folder/)
  expect(errorsOf({ signUp: true }).signUpFolder).toMatch(/Choose where/)
  expect(errorsOf({ certificateFile: '/c.pem' }).keyFile).toMatch(/both/)
  expect(errorsOf({ keyFile: '/k.pem' }).certificateFile).toMatch(/both/)
  expect(errorsOf({ implicit: true, implicitPort: '2121' }).implicitPort).toMatch(/another port/)
  // All at once: nobody mends one to be told of the next.
  expect(Object.keys(errorsOf({ root: 'here', port: 'x', signUp: true })).toSorted()).toEqual([
    'port',
    'root',
    'signUpFolder',
  ])
})

test.each(['203.0.113.9', 'home.example.org', 'h', 'büro.example', ''])(
  'an external address: %j',
  (externalAddress) => {
    expect(errorsOf({ externalAddress })).toEqual({})
  },
)

test.each(['no such host', 'ftp://example.org', '2001:db8::1', 'example.org:21', '-'])(
  'no external address: %j',
  (externalAddress) => {
    expect(errorsOf({ externalAddress }).externalAddress).toMatch(/IPv4/)
  },
)

test('without TLS there is no port that begins with it', () => {
  expect(check({ implicit: true, tls: 'off' })).toMatchObject({ ok: true, config: { implicitPort: null } })
})

test('no folder, no start', () => {
  expect(startProblem(DEFAULTS)?.root).toMatch(/Choose the folder/)
  expect(startProblem({ ...DEFAULTS, root: '/srv' })).toBeNull()
  // Those who come have folders of their own.
  expect(startProblem({ ...DEFAULTS, anonymous: { enabled: true, root: '/pub' } })).toBeNull()
})

test('only what others can reach in the clear is a danger', () => {
  expect(isExposed({ reach: 'loopback', tls: 'off' })).toBe(false)
  expect(isExposed({ reach: 'network', tls: 'required' })).toBe(false)
  expect(isExposed({ reach: 'network', tls: 'allowed' })).toBe(true)
  expect(isExposed({ reach: 'network', tls: 'off' })).toBe(true)
})
