import { expect, test } from 'vitest'
import type { AuditEntry, ShareAddress, ShareInterface, ShareStatus } from '../../../common/share.ts'
import { appText, auditText, byUse, headText, isReadable, outcomeText, reachText, rightsText } from './share-text.ts'

const address = (host: string, reach: ShareAddress['reach'], implicit = false, name = 'eth0'): ShareAddress => ({
  url: `${implicit ? 'ftps' : 'ftp'}://${host}`,
  host,
  port: 2121,
  implicit,
  reach,
  interface: name,
})
type Up = Extract<ShareStatus, { state: 'running' | 'stopping' }>
const running = (over: Partial<Up>): Up => ({
  state: 'running',
  addresses: [address('127.0.0.1', 'loopback')],
  fingerprint: null,
  tlsRequired: true,
  scan: true,
  scanner: { state: 'starting' },
  startedAt: 0,
  sessions: 0,
  transfers: 0,
  problems: [],
  ...over,
})

test('each state in plain words', () => {
  expect(headText({ state: 'stopped' }, '', 0)).toMatchObject({ title: 'Stopped', tone: 'muted' })
  expect(headText(running({ sessions: 2, transfers: 1 }), '/srv', 61_000).text).toBe(
    '/srv · for 1 min 01 s · 2 sessions, 1 transfer',
  )
  expect(headText(running({ state: 'stopping', transfers: 3 }), '/srv', 0).text).toBe(
    '3 transfers may finish first, for 15 s at most.',
  )
  const failed = headText(
    { state: 'failed', error: { code: 'internal', message: 'Port 21 is taken.' }, retryAt: null },
    '/srv',
    0,
  )
  expect(failed).toEqual({ title: 'Failed', text: 'Port 21 is taken.', tone: 'bad' })
})

test('first comes what a phone in the same network can reach', () => {
  const inOrder = [
    address('192.168.1.2', 'private', false, 'wlan0'),
    address('192.168.1.2', 'private', true, 'wlan0'),
    address('fd00::1', 'private'),
    address('172.17.0.1', 'private', false, 'docker0'),
    address('10.8.0.2', 'private', false, 'tun0'),
    address('169.254.3.4', 'private'),
    address('fe80::1%eth0', 'private'),
    address('203.0.113.1', 'public'),
    address('127.0.0.1', 'loopback'),
  ]
  // What is alike stays as it came.
  expect(byUse(inOrder)).toEqual(inOrder)
  expect(byUse(inOrder.toReversed())[0]).toBe(inOrder[0])
  expect(byUse([])).toEqual([])
})

test('what to choose in the app of a phone', () => {
  const up = running({ fingerprint: 'AB:CD' })
  expect(appText(false, up)).toContain('FTPES')
  expect(appText(true, up)).toContain('implicit')
  expect(appText(false, running({ fingerprint: null }))).toContain('without encryption')
})

test('who gets in is said as it is: the internet, guests and those who sign up, too', () => {
  const lan: ShareInterface = { host: '192.168.1.2', reach: 'private', interface: 'wlan0', family: 'IPv4' }
  const internet: ShareInterface = { host: '2001:db8::1', reach: 'public', interface: 'wlan0', family: 'IPv6' }
  const form = { host: '0.0.0.0', anonymous: false, signUp: false }
  expect(reachText(form, [lan, internet])).toBe('Every device there can try to log in. Only accounts get in.')
  expect(reachText({ ...form, host: '::' }, [lan, internet])).toMatch(/on the internet/)
  expect(reachText({ ...form, host: '2001:db8::1' }, [lan, internet])).toMatch(/on the internet/)
  expect(reachText({ ...form, anonymous: true }, [lan])).toMatch(/Guests need no password/)
  expect(reachText({ ...form, signUp: true }, [lan])).toMatch(/Anybody can make an account/)
})

test('what others can read along is told, and what only this computer reaches is not', () => {
  const others = [address('127.0.0.1', 'loopback'), address('10.0.0.1', 'private')]
  expect(isReadable(running({ tlsRequired: false, addresses: others }))).toBe(true)
  expect(isReadable(running({ tlsRequired: true, addresses: others }))).toBe(false)
  expect(isReadable(running({ tlsRequired: false }))).toBe(false)
  expect(isReadable({ state: 'stopped' })).toBe(false)
})

test('rights in words', () => {
  expect(rightsText({ role: 'reader', rights: [] })).toBe('Read only')
  expect(rightsText({ role: 'writer', rights: [] })).toBe('Read and write')
  expect(rightsText({ role: 'custom', rights: ['superuser'] })).toBe('Everything, and the audit log')
  expect(rightsText({ role: 'custom', rights: ['delete', 'read'] })).toBe('Download, Delete')
  expect(rightsText({ role: 'custom', rights: [] })).toBe('Nothing')
})

test('an entry of the audit log in words', () => {
  const entry: AuditEntry = {
    id: 1,
    time: 0,
    kind: 'rename',
    outcome: 'ok',
    account: 'mara',
    address: '::1',
    path: '/a',
    target: '/b',
    bytes: null,
    ms: null,
    verdict: null,
    signature: null,
    detail: 'it was there',
  }
  expect(auditText(entry)).toBe('/a → /b · it was there')
  const found = { ...entry, target: null, signature: 'Eicar', detail: 'The scan found Eicar: it is not stored.' }
  expect(auditText(found)).toBe('/a · Eicar')
  expect(outcomeText(entry)).toBe('Done')
  expect(outcomeText({ ...entry, verdict: 'OK' })).toBe('OK, scanned')
  expect(outcomeText({ ...entry, outcome: 'blocked', verdict: 'INFECTED' })).toBe('INFECTED')
})
