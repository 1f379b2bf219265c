import { expect, test } from 'vitest'
import { isHttp, isUnwritten, maskedLine, parseCommand } from './command.ts'

test('a verb in any case, and an argument as it stands', () => {
  expect(parseCommand('noop')).toEqual({ verb: 'NOOP', argument: '' })
  expect(parseCommand('Cwd  a b ')).toEqual({ verb: 'CWD', argument: ' a b ' })
  expect(parseCommand('MKD a\u2028b')).toEqual({ verb: 'MKD', argument: 'a\u2028b' })
})

test.each(['', ' NOOP', '123', 'NO-OP', 'Ü', 'ABCDEFGHIJKLM x', "';--"])('%j is no command', (line) => {
  expect(parseCommand(line)).toBeNull()
})

test.each(['GET / HTTP/1.1', 'get /x', 'POST /upload HTTP/1.0', 'PRI * HTTP/2.0', 'X http/1.1'])(
  '%j is of a browser',
  (line) => expect(isHttp(line)).toBe(true),
)

test('commands of FTP are of no browser', () => {
  expect(['USER GET', 'HELP', 'OPTS UTF8 ON', 'PASS get'].filter(isHttp)).toEqual([])
})

test.each([
  ['PASS secret word', 'PASS ****'],
  ['pass secret', 'pass ****'],
  [' PASS secret', 'PASS ****'],
  ['PASSsecret', 'PASS ****'],
  ['PASS', 'PASS'],
  ['ACCT mine', 'ACCT ****'],
  ['SITE SIGNUP kim secret', 'SITE SIGNUP kim ****'],
  ['site  signup  kim  secret word', 'site  signup  kim ****'],
  ['SITE SIGNUP kim', 'SITE SIGNUP kim'],
  ['USER kim', 'USER kim'],
  ['PASV', 'PASV'],
])('%j is logged as %j', (line, masked) => {
  expect(maskedLine(line)).toBe(masked)
})

test('verbs of the RFCs that are not here are known as such', () => {
  expect(['SMNT', 'LPRT', 'CLNT', 'STOR', 'NONSENSE'].filter(isUnwritten)).toEqual(['SMNT', 'LPRT', 'CLNT'])
})
