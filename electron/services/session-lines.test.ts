import { expect, test } from 'vitest'
import type { SessionState } from '../../common/models.ts'
import { createSessionLines } from './session-lines.ts'

const endpoint = { protocol: 'ftp', host: 'files.test', port: 21, user: 'me' } as const
const lost = (retryAt: number | null): SessionState => ({
  state: 'lost',
  endpoint,
  error: { code: 'connection-lost', message: 'files.test closed the connection.' },
  retryAt,
})
const connecting: SessionState = { state: 'connecting', endpoint, step: 'Connecting' }
const connected: SessionState = { state: 'connected', endpoint, home: '/', tls: null, system: null }
const disconnected: SessionState = { state: 'disconnected', error: null }

test('a loss, each try that failed and the return are worth a line', () => {
  const lineOf = createSessionLines(() => 1000)
  const lines = [connecting, connected, lost(6000), connecting, lost(11_000), lost(null), connecting, connected]
  expect(lines.map((state) => lineOf(state)?.text ?? null)).toEqual([
    null,
    null,
    'The session was lost: files.test closed the connection. Trying again in 5 s.',
    null,
    'The session is still lost: files.test closed the connection. Trying again in 10 s.',
    'The session is still lost: files.test closed the connection. It is not tried again by itself.',
    null,
    'Connected to files.test again.',
  ])
})

test('a session that was ended is not connected "again"', () => {
  const lineOf = createSessionLines()
  expect([lost(null), disconnected, connecting, connected].map((state) => lineOf(state)?.tone ?? null)).toEqual([
    'warn',
    null,
    null,
    null,
  ])
})
