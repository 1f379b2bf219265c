import { expect, test } from 'vitest'
import { planWords } from './direct.ts'

const plan = (...words: string[]) => planWords(words, { protocol: null, user: null })

test('an address alone is opened', () => {
  expect(plan('ftp.example')).toMatchObject({ first: ['open ftp.example'], command: null })
  expect(plan('ftps://h:2121/a b')).toMatchObject({
    first: ['open ftps://h:2121/a%20b'],
    command: null,
  })
})

test('a command gets the path of its address, the address is opened first', () => {
  expect(plan('get', 'ftps://h/pub/my file', 'here')).toMatchObject({
    first: ['open ftps://h'],
    command: ['get "/pub/my file" here'],
  })
  expect(plan('ls', 'ftpes://h')).toMatchObject({ command: ['ls .'] })
  expect(plan('ls', 'ftpes://h/')).toMatchObject({ command: ['ls /'] })
})

test('names are literal, patterns stay patterns where a command takes them', () => {
  expect(plan('get', 'ftp://h/a*b').command).toEqual(['get "/a*b"'])
  expect(plan('mget', 'ftp://h/my dir/*.txt').command).toEqual(['mget /my\\ dir/*.txt'])
  expect(plan('h', 'rm', '-x').command).toEqual(['delete "-x"'])
})

test('options stay options', () => {
  expect(plan('rmdir', '-r', 'ftp://h/old').command).toEqual(['rmdir -r /old'])
  expect(plan('rmdir', 'ftp://h/old', '-rf').command).toEqual(['rmdir -rf /old'])
})

test('a command that takes no path of the server still may have an address: there it runs', () => {
  expect(plan('status', 'ftps://h')).toMatchObject({ first: ['open ftps://h'], command: ['status'] })
  expect(plan('pwd', 'ftps://h/a b')).toMatchObject({ first: ['open ftps://h/a%20b'], command: ['pwd'] })
  expect(plan('quote', 'ftps://h/pub', 'NOOP')).toMatchObject({ first: ['open ftps://h/pub'], command: ['quote NOOP'] })
})

test('a command for a server without an address is told apart from a server that is away', () => {
  expect(() => plan('ls')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  expect(() => plan('get', 'h:2121/x')).toThrow(/sluice get ftps:\/\/host\/path/)
  expect(plan('lls', 'x')).toMatchObject({ first: [], command: ['lls x'] })
})

test('several files are put into a folder', () => {
  expect(plan('put', 'a', 'b*', 'c d', 'ftp://h/in box/').command).toEqual(['cd "/in box/"', 'mput a "b*" "c d"'])
  expect(plan('put', 'a', 'ftp://h/x').command).toEqual(['put a /x'])
})

test('a password in an address is kept out of the command', () => {
  const { first, passwords } = plan('ls', 'ftp://ann:s%40cret@h/x')
  expect(first.join()).not.toContain('cret')
  expect(passwords).toEqual([{ host: 'h', user: 'ann', password: 's@cret' }])
})

test('an address, then a command', () => {
  expect(plan('h', 'get', 'a b')).toMatchObject({ first: ['open h'], command: ['get "a b"'] })
  expect(() => plan('h', 'frobnicate')).toThrow(/must be a command/)
})

test('flags complete addresses, and must not contradict them', () => {
  expect(planWords(['ftp://h/x'], { protocol: 'ftpes', user: 'ann' }).first).toEqual(['open ftpes://ann@h/x'])
  expect(planWords(['h'], { protocol: null, user: 'ann' }).first).toEqual(['open ann@h'])
  expect(() => planWords(['ftps://h'], { protocol: 'ftp', user: null })).toThrow(/contradict/)
})

test('all addresses of a command are on one server', () => {
  expect(plan('mget', 'ftp://h/a', 'ftp://h/b').command).toEqual(['mget /a /b'])
  expect(() => plan('rename', 'ftp://h/a', 'ftp://other/b')).toThrow(/one server/)
})
