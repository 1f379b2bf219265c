import { expect, test } from 'vitest'
import { EMPTY_FORM, checkForm, formFor, withHost, withPort, withProtocol } from './connection-form.ts'

test('the port follows the protocol until it is edited', () => {
  const implicit = withProtocol(EMPTY_FORM, 'ftps')
  expect(implicit.port).toBe('990')
  const edited = withPort(implicit, '2990')
  expect(withProtocol(edited, 'ftp').port).toBe('2990')
  expect(withProtocol(withPort(edited, ''), 'ftp').port).toBe('21')
})

test('a pasted address fills the fields and keeps TLS', () => {
  expect(withHost({ ...EMPTY_FORM, password: 'kept' }, 'ftp://ada@h.example:2121/pub')).toEqual({
    protocol: 'ftpes',
    host: 'h.example',
    port: '2121',
    portEdited: true,
    user: 'ada',
    password: 'kept',
    startFolder: '/pub',
  })
  expect(withHost(EMPTY_FORM, 'ftps://h')).toMatchObject({ protocol: 'ftps', port: '990', portEdited: false })
})

test('a known connection never brings a password', () => {
  expect(formFor({ protocol: 'ftps', host: 'h', port: 990, user: 'ada' })).toMatchObject({
    portEdited: false,
    user: 'ada',
    password: '',
  })
})

test('an empty user is anonymous', () => {
  expect(checkForm({ ...EMPTY_FORM, host: ' h ' })).toEqual({
    ok: true,
    request: { protocol: 'ftpes', host: 'h', port: 21, user: 'anonymous', password: 'anonymous@' },
  })
})

test('what cannot be a request names the field to mend', () => {
  expect(checkForm(EMPTY_FORM)).toMatchObject({ ok: false, field: 'host' })
  expect(checkForm({ ...EMPTY_FORM, host: 'a b' })).toMatchObject({ ok: false, field: 'host' })
  expect(checkForm({ ...EMPTY_FORM, host: 'h', port: '70000' })).toMatchObject({ ok: false, field: 'port' })
  expect(checkForm({ ...EMPTY_FORM, host: 'h', port: '2e1' })).toMatchObject({ ok: false, field: 'port' })
  expect(checkForm({ ...EMPTY_FORM, host: 'h', port: '' })).toMatchObject({ ok: true, request: { port: 21 } })
})
