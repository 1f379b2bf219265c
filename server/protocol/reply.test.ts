import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatReply } from './reply.ts'

test('one line has its code and CRLF', () => {
  expect(formatReply(220, 'Hello')).toBe('220 Hello\r\n')
  expect(formatReply(220, ['Hello'])).toBe('220 Hello\r\n')
})

test('several lines are framed, and those between cannot be taken for the last', () => {
  expect(formatReply(211, ['Extensions:', 'UTF8', '211 not the end', 'End'])).toBe(
    '211-Extensions:\r\n UTF8\r\n 211 not the end\r\n211 End\r\n',
  )
})

test('a name cannot make a reply of its own', () => {
  expect(formatReply(257, '"a\r\n230 in\0\u0085\u2028b" made')).toBe('257 "a??230 in???b" made\r\n')
  expect(formatReply(257, 'half \ud800 a character')).toBe('257 half \ufffd a character\r\n')
})

test('whatever is in it, only the last line has the code and a blank', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (texts) => {
      const lines = formatReply(250, texts).split('\r\n')
      expect(lines.pop()).toBe('')
      expect(lines).toHaveLength(texts.length)
      expect(lines.findIndex((line) => line.startsWith('250 '))).toBe(lines.length - 1)
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f]/)
    }),
  )
})
