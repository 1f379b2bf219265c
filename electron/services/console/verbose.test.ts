import { expect, test } from 'vitest'
import { ProtocolLog } from '../protocol-log.ts'
import type { ConsoleOutput } from './types.ts'
import { showProtocol } from './verbose.ts'

test('the protocol is shown while it is wanted, transfer connections with their number', () => {
  const log = new ProtocolLog()
  const outputs: ConsoleOutput[] = []
  let wanted = true
  const stop = showProtocol(
    log,
    () => wanted,
    (output) => outputs.push(output),
  )
  log.add(0, 'command', 'PASV')
  log.add(2, 'command', 'RETR a')
  log.add(2, 'reply', '226 Done\u001b[2J')
  log.add(1, 'info', 'Connecting')
  log.add(1, 'error', 'Gone.')
  wanted = false
  log.add(0, 'command', 'NOOP')
  wanted = true
  stop()
  log.add(0, 'command', 'NOOP')
  expect(outputs.flatMap(({ lines }) => lines)).toEqual([
    { tone: 'sent', text: '>>> PASV' },
    { tone: 'sent', text: '[2] >>> RETR a' },
    { tone: 'reply', text: '[2] 226 Done<U+001B>[2J' },
    { tone: 'muted', text: '[1] Connecting' },
    { tone: 'warn', text: '[1] Gone.' },
  ])
})
