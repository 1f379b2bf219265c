/** What `status` reports of a session in full order: for tests of how it is worded. */
import type { StatusReport } from '../common/models.ts'

export const STATUS_ENDPOINT = { protocol: 'ftpes', host: 'ftp.example.org', port: 2121, user: 'mara' } as const
export const STATUS_REPORT: StatusReport = {
  session: { state: 'connected', endpoint: STATUS_ENDPOINT, home: '/', tls: 'TLSv1.3', system: 'UNIX Type: L8' },
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
