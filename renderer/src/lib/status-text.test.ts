import { expect, test } from 'vitest'
import { STATUS_REPORT } from '../../../testing/status-report.ts'
import { serverLines, statusText } from './status-text.ts'

test('a reply cannot move the cursor of whoever reads the copy', () => {
  expect(serverLines('a\u001b[2J\r\n\tb')).toEqual(['a⟨001B⟩[2J', '  b'])
  expect(statusText(STATUS_REPORT, 0)).toContain('Status of ⟨001B⟩[2Jserver:')
  expect(statusText(STATUS_REPORT, 0)).toContain('  SHA-256:          AA:BB')
})

test('without a session the server has no part', () => {
  expect(
    statusText({ ...STATUS_REPORT, session: { state: 'disconnected', error: null }, tls: null, server: null }, 0),
  ).not.toContain('Server\n')
})
