import { expect, test } from 'vitest'
import { COMMANDS } from '../../../common/commands.ts'
import { readLine } from './line.ts'

const read = (text: string) => {
  const line = readLine(text)
  return line && { name: line.spec.name, options: [...line.options], args: line.args }
}

test.each([
  ['ls', 'ls', [], []],
  ['DIR x', 'ls', [], ['x']],
  ['! ls -l', '!', [], ['ls', '-l']],
  ['!ls', '!', [], ['ls']],
  [`!echo it's`, '!', [], ['echo', `it's`]],
  ['ftp example.org', 'open', [], ['example.org']],
  ['? put', 'help', [], ['put']],
  ['cd -', 'cd', [], ['-']],
  ['cd -- -x', 'cd', [], ['-x']],
  ['cd "-x"', 'cd', [], ['-x']],
  [String.raw`cd \-x`, 'cd', [], ['-x']],
  ['rmdir -rf a b', 'rmdir', ['-r', '-f'], ['a', 'b']],
  ['rmdir a -r', 'rmdir', ['-r'], ['a']],
  ['mkdir -p -- -p', 'mkdir', ['-p'], ['-p']],
  ['size -5', 'size', [], ['-5']],
  ['ls -la pub', 'ls', ['-l', '-a'], ['pub']],
  ['lls -l', 'lls', ['-l'], []],
  ['quote SITE UTIME -x', 'quote', [], ['SITE', 'UTIME', '-x']],
  ['get *.txt', 'get', [], ['*.txt']],
  ['get "*.txt"', 'get', [], [String.raw`\*.txt`]],
  ['dis', 'close', [], []],
  ['stat', 'status', [], []],
  ['PASSIVE On', 'passive', [], ['On']],
])('%s', (text, name, options, args) => {
  expect(read(text)).toEqual({ name, options, args })
})

test.each(['', '   ', '# a comment', '  #x'])('nothing is to be done for "%s"', (text) => {
  expect(readLine(text)).toBeNull()
})

test.each([
  ['cd "a', /quote " is not closed/],
  ['put', /put needs <file>. Usage: put <file> \[remote name or folder\]/],
  ['put a b c', /too much for put. Usage: put/],
  ['user me secret', /^(?!.*secret).*too much for user/],
  ['rename a', /rename needs <to>/],
  ['rmdir -x a', /rmdir has no option -x.*Usage: rmdir/],
  ['delete -rf a', /delete has no option -r.*Folders go with "rmdir -r"/],
  ['ls -t', /ls has no option -t; a name/],
  ['passive maybe', /“maybe” is neither on nor off/],
  ['scan up', /“up” is neither on nor off/],
  ['qu', /The command “qu” could be quote, quit/],
  ['sttaus', /Did you mean "status"\?/],
  ['gett', /Did you mean "get"\?/],
  ['xyzzy', /There is no command “xyzzy”. Type "help"/],
  ['ftp://me:secret@host', /^(?!.*secret)There is no such command. To connect, type "open"/],
  ['p', /There is no command “p”/],
  ['\u001b[2J', /There is no such command/],
])('%s is refused with what to type', (text, message) => {
  expect(() => readLine(text)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  expect(() => readLine(text)).toThrow(message)
})

test.each(['del x', 'delet x', 'mdel x', 'rmd x', 'ldel x', 'ld x'])('%s is not taken for a deletion', (text) => {
  expect(() => readLine(text)).toThrow(/Did you mean "(m|l)?(delete|rmdir)"/)
})

test('every name and alias reaches its command', () => {
  for (const { name, aliases, arguments: args } of COMMANDS) {
    const needed = args.filter((arg) => !('optional' in arg && arg.optional)).map(() => 'on')
    for (const word of [name, ...aliases]) expect(readLine([word, ...needed].join(' '))?.spec.name).toBe(name)
  }
})
