import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SluiceError } from '../../common/errors.ts'
import type { CertificateInfo } from '../../common/models.ts'
import { Certificates } from './certificates.ts'

const certificate: CertificateInfo = {
  host: 'files.test',
  port: 21,
  reason: 'self-signed certificate',
  subject: 'CN=files.test',
  issuer: 'CN=files.test',
  names: ['files.test'],
  validFrom: 0,
  validTo: 1,
  fingerprint: 'AA:BB',
}
const signal = new AbortController().signal

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-certificates-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'certificates.json')
}

const answering = (answer: 'once' | 'always' | 'no') =>
  vi.fn(async (_question: { changed: boolean }) => ({ kind: 'certificate' as const, answer }))

test('"always" is remembered across runs, for this host and port only', async () => {
  const file = await temporaryFile()
  const first = await Certificates.open(file, answering('always'))
  expect(await first.decide(certificate, signal)).toBe(true)
  const second = await Certificates.open(file, answering('no'))
  expect(second.pinsFor('files.test', 21)).toContain('AA:BB')
  expect(second.pinsFor('files.test', 990)).toEqual([])
  expect(second.pinsFor('other.test', 21)).toEqual([])
})

test('"once" holds for this run only', async () => {
  const file = await temporaryFile()
  const first = await Certificates.open(file, answering('once'))
  expect(await first.decide(certificate, signal)).toBe(true)
  expect(first.pinsFor('files.test', 21)).toEqual(['AA:BB'])
  const second = await Certificates.open(file, answering('no'))
  expect(second.pinsFor('files.test', 21)).toEqual([])
})

test('"no" pins nothing', async () => {
  const certificates = await Certificates.open(await temporaryFile(), answering('no'))
  expect(await certificates.decide(certificate, signal)).toBe(false)
  expect(certificates.pinsFor('files.test', 21)).toEqual([])
})

test('another certificate than the pinned one is asked about as changed', async () => {
  const ask = answering('always')
  const certificates = await Certificates.open(await temporaryFile(), ask)
  await certificates.decide(certificate, signal)
  await certificates.decide({ ...certificate, fingerprint: 'CC:DD' }, signal)
  expect(ask.mock.calls.map(([question]) => question.changed)).toEqual([false, true])
})

test('connections that meet the same certificate at once share one question', async () => {
  const ask = answering('once')
  const certificates = await Certificates.open(await temporaryFile(), ask)
  const decisions = await Promise.all([1, 2, 3].map(() => certificates.decide(certificate, signal)))
  expect(decisions).toEqual([true, true, true])
  expect(ask).toHaveBeenCalledTimes(1)
})

test('a connection that gives up does not take the question from the others', async () => {
  const asked: AbortSignal[] = []
  const certificates = await Certificates.open(await temporaryFile(), (_question, signal) => {
    asked.push(signal)
    if (asked.length > 1) return Promise.resolve({ kind: 'certificate', answer: 'once' })
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new SluiceError('cancelled', 'Cancelled.')))
    })
  })
  const first = new AbortController()
  const given = certificates.decide(certificate, first.signal)
  const other = certificates.decide(certificate, signal)
  first.abort()
  await expect(given).rejects.toMatchObject({ code: 'cancelled' })
  expect(await other).toBe(true)
  expect(asked).toHaveLength(2)
})

test('a connection that waits for the answer to another one can give up by itself', async () => {
  const certificates = await Certificates.open(await temporaryFile(), () => new Promise(() => undefined))
  void certificates.decide(certificate, signal)
  const second = new AbortController()
  const waiting = certificates.decide(certificate, second.signal)
  second.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test('what was accepted meanwhile is not asked about again, whatever pins a connection began with', async () => {
  const ask = answering('once')
  const certificates = await Certificates.open(await temporaryFile(), ask)
  await certificates.decide(certificate, signal)
  expect(await certificates.decide(certificate, signal)).toBe(true)
  expect(ask).toHaveBeenCalledTimes(1)
})

test('what another program pinned meanwhile is kept and holds here too', async () => {
  const file = await temporaryFile()
  const app = await Certificates.open(file, answering('always'))
  const commandLine = await Certificates.open(file, answering('always'))
  await commandLine.decide({ ...certificate, host: 'other.test', fingerprint: 'CC:DD' }, signal)
  await app.decide(certificate, signal)
  expect(app.pinsFor('other.test', 21)).toEqual(['CC:DD'])
  const later = await Certificates.open(file, answering('no'))
  expect([later.pinsFor('files.test', 21), later.pinsFor('other.test', 21)]).toEqual([['AA:BB'], ['CC:DD']])
})

test('the certificate of a server of our own needs no question, in this run only', async () => {
  const file = await temporaryFile()
  const ask = answering('no')
  const certificates = await Certificates.open(file, ask)
  certificates.trust('127.0.0.1', 2121, 'AA:BB')
  expect(certificates.pinsFor('127.0.0.1', 2121)).toEqual(['AA:BB'])
  expect(certificates.pinsFor('127.0.0.1', 2122)).toEqual([])
  expect(await certificates.decide({ ...certificate, host: '127.0.0.1', port: 2121 }, signal)).toBe(true)
  expect(ask).not.toHaveBeenCalled()
  expect((await Certificates.open(file, ask)).pinsFor('127.0.0.1', 2121)).toEqual([])
})
