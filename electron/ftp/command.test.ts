import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { encodeCommand, maskCommand, splitCommand } from './command.ts'

test('a command is its verb, one blank, its argument, CRLF', () => {
  expect(encodeCommand('NOOP').toString()).toBe('NOOP\r\n')
  expect(encodeCommand('CWD', ' two  blanks ').toString()).toBe('CWD  two  blanks \r\n')
  expect(encodeCommand('CWD', '/größe/文').toString('utf8')).toBe('CWD /größe/文\r\n')
})

test.each(['a\r\nDELE x', 'a\nDELE x', 'a\rDELE x', 'a\0b', '\n'])('the argument %j is refused', (argument) => {
  expect(() => encodeCommand('MKD', argument)).toThrow(expect.objectContaining({ code: 'illegal-characters' }))
})

test.each([
  ['PASS', 'geheim\n'],
  ['SITE', 'SIGNUP me geheim\n'],
])('a refused password is not shown: %s', (verb, argument) => {
  expect(() => encodeCommand(verb, argument)).toThrow(/was not sent/)
  expect(() => encodeCommand(verb, argument)).not.toThrow(/geheim/)
})

test.each(['', 'A', 'CWD x', 'CWD\r\nDELE', 'DÄLE'])('the verb %j is refused', (verb) => {
  expect(() => encodeCommand(verb)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
})

test('whatever the argument, exactly one line goes out, or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (argument) => {
      let bytes: Buffer
      try {
        bytes = encodeCommand('STOR', argument)
      } catch {
        expect(argument).toMatch(/[\r\n\0]/)
        return
      }
      expect(bytes.indexOf('\r\n')).toBe(bytes.length - 2)
      expect(bytes.indexOf('\n')).toBe(bytes.length - 1)
      expect(bytes.includes(0)).toBe(false)
    }),
  )
})

describe('masking', () => {
  test.each(['PASS', 'pass', 'ACCT'])('%s', (verb) => {
    expect(maskCommand(verb, 'secret')).toBe(`${verb} ****`)
  })
  test.each(['SIGNUP me gehe im', 'signup me geheim', ' SIGNUP  me  geheim', 'SIGNUP me geheim\nx'])(
    'the password of SITE %s',
    (argument) => {
      expect(maskCommand('SITE', argument)).toMatch(/me \*\*\*\*$/)
      expect(maskCommand('site', argument)).not.toMatch(/gehe/)
    },
  )
  test('others are shown', () => {
    expect(maskCommand('SITE', 'CHMOD 644 SIGNUP me')).toBe('SITE CHMOD 644 SIGNUP me')
    expect(maskCommand('SITE', 'SIGNUP')).toBe('SITE SIGNUP')
    expect(maskCommand('USER', 'me')).toBe('USER me')
    expect(maskCommand('PWD')).toBe('PWD')
  })
})

test('a raw line is split at its first blank', () => {
  expect(splitCommand('SITE CHMOD 644  x')).toEqual({ verb: 'SITE', argument: 'CHMOD 644  x' })
  expect(splitCommand('NOOP')).toEqual({ verb: 'NOOP', argument: '' })
})
