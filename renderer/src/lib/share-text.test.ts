import { expect, test } from 'vitest'
import type { AuditEntry, ShareAddress, ShareStatus } from '../../../common/share.ts'
import { auditText, bestAddress, headText, isReadable, outcomeText, rightsText } from './share-text.ts'

const address = (host: string, reach: ShareAddress['reach'], implicit = false): ShareAddress => ({
  url: `${implicit ? 'ftps' : 'ftp'}://${host}`,
  host,
  port: 2121,
  implicit,
  reach,
  interface: 'eth0',
})
const running = (over: Partial<Extract<ShareStatus, { state: 'running' | 'stopping' }>>): ShareStatus => ({
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
  expect(headText(running({ state: 'stopping', transfers: 3 }), '/srv', 0).text).toBe('3 transfers may finish first.')
  const failed = headText(
    { state: 'failed', error: { code: 'internal', message: 'Port 21 is taken.' }, retryAt: null },
    '/srv',
    0,
  )
  expect(failed).toEqual({ title: 'Failed', text: 'Port 21 is taken.', tone: 'bad' })
})

test('the code is first for what a phone can reach', () => {
  const addresses = [
    address('127.0.0.1', 'loopback'),
    address('fd00::1', 'private'),
    address('192.168.1.2', 'private', true),
    address('192.168.1.2', 'private'),
    address('203.0.113.1', 'public'),
  ]
  expect(bestAddress(addresses)).toBe(addresses[3])
  expect(bestAddress([])).toBeUndefined()
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
  expect(outcomeText(entry)).toBe('Done')
  expect(outcomeText({ ...entry, verdict: 'OK' })).toBe('OK, scanned')
  expect(outcomeText({ ...entry, outcome: 'blocked', verdict: 'INFECTED' })).toBe('INFECTED')
})
