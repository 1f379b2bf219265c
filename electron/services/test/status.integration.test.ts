/** The status report on real and on bad servers. */
import { describe, expect, test, vi } from 'vitest'
import { settingsSchema, type ScannerStatus, type StatusReport } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import type { ScanGate } from '../../gate/index.ts'
import { SettingsStore } from '../settings.ts'
import { sessionStatus } from '../status.ts'
import { createSession, request, scripted, startServer, type TestSession } from './environment.ts'

const scanner: ScannerStatus = { state: 'starting' }
// Only what a report asks of it.
const gate = { status: () => scanner, policy: () => ({ upload: true, download: false }) } as ScanGate

function statusOf(test: TestSession, o: { timeout?: number; signal?: AbortSignal } = {}): Promise<StatusReport> {
  const settings = SettingsStore.inMemory(settingsSchema.parse({ dataMode: 'active', confirmSeveral: false }))
  return sessionStatus({ session: test.session, folders: test.folders, settings, gate }, o)
}

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'status on vsftpd', () => {
  test('tells session, protection, modes, folders, scanner and what the server says', async () => {
    const server = await startServer({ tls: 'explicit' })
    const care = await createSession({ answer: 'once' })
    await care.session.connect(request(server, 'ftpes'))
    expect(await statusOf(care)).toEqual({
      session: care.session.state,
      tls: expect.objectContaining({ fingerprint: server.fingerprint, subject: 'O=Sluice tests, CN=localhost' }),
      features: expect.arrayContaining(['EPSV', 'MDTM', 'REST STREAM']),
      transferType: 'auto',
      dataMode: 'active',
      confirmSeveral: false,
      conflict: 'ask',
      folders: { local: '/', remote: '/' },
      scanner,
      scanPolicy: { upload: true, download: false },
      server: { text: expect.stringContaining('FTP server status') },
    })
  })

  test('a lost session is not opened for it', async () => {
    const server = await startServer()
    const care = await createSession()
    await care.session.connect(request(server))
    server.cut()
    await vi.waitFor(() => expect(care.session.state.state).toBe('lost'))
    expect(await statusOf(care)).toMatchObject({ session: { state: 'lost' }, tls: null, features: [], server: null })
    expect(care.session.state.state).toBe('lost')
  })
})

describe('status', () => {
  test('without a session', async () => {
    const report = await statusOf(await createSession())
    expect(report).toMatchObject({ session: { state: 'disconnected' }, tls: null, features: [], server: null })
    expect(report.folders).toEqual({ local: '/', remote: null })
  })

  test('a server that does not know STAT, or refuses it, is an error within', async () => {
    const server = await scripted({ verbs: { STAT: '502 No' } })
    const care = await createSession()
    await care.session.connect(request(server))
    expect(await statusOf(care)).toMatchObject({ server: { error: { code: 'unsupported' } } })
  })

  test('a server that does not answer STAT is waited for only so long', async () => {
    const server = await scripted({ verbs: { STAT: () => undefined } })
    const care = await createSession()
    await care.session.connect(request(server))
    expect(await statusOf(care, { timeout: 50 })).toMatchObject({ server: { error: { code: 'timeout' } } })
  })

  test('a server that hangs up on STAT is an error within', async () => {
    const server = await scripted({ verbs: { STAT: (_argument, peer) => void peer.socket.destroy() } })
    const care = await createSession()
    await care.session.connect(request(server))
    expect(await statusOf(care)).toMatchObject({ server: { error: { code: 'connection-lost' } } })
  })

  test('the person’s cancel ends it', async () => {
    const server = await scripted({ verbs: { STAT: () => undefined } })
    const care = await createSession()
    await care.session.connect(request(server))
    const stop = new AbortController()
    const report = statusOf(care, { signal: stop.signal })
    await vi.waitFor(() => expect(server.commands).toContain('STAT'))
    stop.abort()
    await expect(report).rejects.toMatchObject({ code: 'cancelled' })
  })
})
