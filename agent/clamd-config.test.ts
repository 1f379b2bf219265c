import { expect, test } from 'vitest'
import { findClamdConfig, limitsFromConfig } from './clamd-config.ts'

const MIB = 1024 * 1024

test.each([
  ['', '1.4.6', 100 * MIB],
  ['', '0.103.8', 25 * MIB],
  ['StreamMaxLength 25M\nMaxFileSize 25M\nMaxScanSize 100M', '1.4.6', 25 * MIB],
  ['MaxFileSize 1M', '1.4.6', MIB],
  ['maxscansize 512K', '1.4.6', 512 * 1024],
  ['StreamMaxLength 1000', '1.4.6', 1000],
  ['StreamMaxLength 4G\nMaxFileSize 0\nMaxScanSize 0', '1.4.6', 2 ** 31 - 1],
  ['#MaxFileSize 1M\n  # MaxScanSize 1M', '1.4.6', 100 * MIB],
  ['MaxFileSize nonsense', '1.4.6', 100 * MIB],
])('the smallest limit counts: %j of %s', (text, version, maxBytes) => {
  expect(limitsFromConfig(text, version).maxBytes).toBe(maxBytes)
})

test('reads the other options, in any case and with quotes', () => {
  const text = 'ALERTEXCEEDSMAX yes\r\nDatabaseDirectory "/var/lib/my clamav"\r\nSelfCheck 0\r\nMaxScanTime 5000\r\n'
  expect(limitsFromConfig(text, '1.4.6')).toMatchObject({
    alertsOnLimits: true,
    databaseFolder: '/var/lib/my clamav',
    selfCheck: 3_600_000,
    maxScanTime: 5000,
  })
  expect(limitsFromConfig('MaxScanTime 0', '1.4.6')).toMatchObject({ maxScanTime: Infinity, alertsOnLimits: false })
})

test('where no clamd listens there is no configuration', async () => {
  expect(await findClamdConfig({ kind: 'unix', path: '/nonexistent/clamd.sock' })).toBe(null)
  expect(await findClamdConfig({ kind: 'tcp', host: '192.0.2.1', port: 3310 })).toBe(null)
})
