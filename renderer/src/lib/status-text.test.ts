import { expect, test } from 'vitest'
import type { StatusReport } from '../../../common/models.ts'
import { serverLines, statusText } from './status-text.ts'

const endpoint = { protocol: 'ftpes', host: 'ftp.example.org', port: 2121, user: 'mara' } as const
const report: StatusReport = {
  session: { state: 'connected', endpoint, home: '/', tls: 'TLSv1.3', system: 'UNIX Type: L8' },
  tls: {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    fingerprint: 'AA:BB',
    subject: 'CN=ftp.example.org',
    issuer: 'CN=Authority',
    validFrom: 0,
    validTo: 86_400_000,
  },
  features: ['SIZE', 'MDTM'],
  transferType: 'binary',
  dataMode: 'active',
  confirmSeveral: false,
  conflict: 'skip',
  folders: { local: '/home/mara', remote: '/pub' },
  scanner: {
    state: 'ready',
    engine: 'clamd',
    engineVersion: 'ClamAV 1.4.3',
    signatureVersion: '27800',
    builtInRulesOnly: false,
    maxBytes: 4_000_000_000,
    location: 'this computer',
  },
  scanPolicy: { upload: true, download: true },
  server: { text: 'Status of \u001b[2Jserver:\r\n\tlogged in\nEnd' },
}

test('a reply cannot move the cursor of whoever reads the copy', () => {
  expect(serverLines('a\u001b[2J\r\n\tb')).toEqual(['a⟨001B⟩[2J', '  b'])
  expect(statusText(report, 0)).toContain('Status of ⟨001B⟩[2Jserver:')
  expect(statusText(report, 0)).toContain('  SHA-256:          AA:BB')
})

test('without a session the server has no part', () => {
  expect(
    statusText({ ...report, session: { state: 'disconnected', error: null }, tls: null, server: null }, 0),
  ).not.toContain('Server\n')
})
