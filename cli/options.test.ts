import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('without flags everything is safe and left to the address', () => {
  expect(parseOptions(['ls', 'ftps://host/'])).toMatchObject({
    words: ['ls', 'ftps://host/'],
    protocol: null,
    fingerprint: null,
    insecure: false,
    scan: true,
    type: 'auto',
    parallel: 3,
    timeout: null,
    conflict: null,
    agent: { mode: 'own', engine: 'auto', clamd: '' },
    json: false,
    keepGoing: false,
  })
})

test('flags stand before, between and behind the words', () => {
  const options = parseOptions(['--tls', 'implicit', 'get', '--json', 'a', '--parallel=5', '-v', '--timeout', '2'])
  expect(options).toMatchObject({
    words: ['get', 'a'],
    protocol: 'ftps',
    json: true,
    parallel: 5,
    verbose: true,
    timeout: 2000,
  })
})

test('-c may be given several times, and short flags with their value or together', () => {
  expect(parseOptions(['-cls', '-c', 'lpwd']).commands).toEqual(['ls', 'lpwd'])
  expect(parseOptions(['-vc', 'ls'])).toMatchObject({ verbose: true, commands: ['ls'] })
  expect(parseOptions(['-f', '-']).script).toBe('-')
})

test('what follows a command may be an option of that command', () => {
  expect(parseOptions(['rmdir', '-rf', 'ftp://h/x']).words).toEqual(['rmdir', '-rf', 'ftp://h/x'])
  expect(parseOptions(['host', 'mkdir', '-p', 'a/b']).words).toEqual(['host', 'mkdir', '-p', 'a/b'])
  expect(() => parseOptions(['ls', '-r'])).toThrow(/-r is not known/)
})

test('behind "--" everything is a word', () => {
  expect(parseOptions(['put', '--', '-c', '--json']).words).toEqual(['put', '-c', '--json'])
})

test('a fingerprint is taken with or without colons, in any case', () => {
  const hex = 'ab'.repeat(32)
  const pairs = Array.from({ length: 32 }, () => 'AB').join(':')
  expect(parseOptions(['--fingerprint', hex]).fingerprint).toBe(pairs)
  expect(parseOptions(['--fingerprint', pairs.toLowerCase()]).fingerprint).toBe(pairs)
  expect(() => parseOptions(['--fingerprint', 'ab:cd'])).toThrow(/64 hex digits/)
})

test('an agent elsewhere needs its token, and decides about its engine itself', () => {
  expect(parseOptions(['--agent', 'https://scan.example:8443', '--token-file', 't']).agent).toEqual({
    mode: 'remote',
    url: 'https://scan.example:8443',
    tokenFile: 't',
    certificateFile: '',
  })
  expect(() => parseOptions(['--agent', 'https://scan.example'])).toThrow(/--token-file/)
  expect(() => parseOptions(['--token-file', 't'])).toThrow(/belongs to --agent/)
  expect(() => parseOptions(['--agent', 'scan.example', '--token-file', 't'])).toThrow(/takes a URL/)
  expect(() => parseOptions(['--agent', 'http://a', '--token-file', 't', '--engine', 'yara'])).toThrow(/--engine/)
})

test.each([
  [['--what'], /--what is not known/],
  [['-x'], /-x is not known/],
  [['--tls'], /needs a value/],
  [['--tls', 'maybe'], /explicit, implicit or none, not "maybe"/],
  [['--json=yes'], /takes no value/],
  [['--parallel', '0'], /1 to 10/],
  [['--parallel', '2.5'], /whole number/],
  [['--timeout', ''], /whole number/],
  [['--conflict', 'resume'], /ask, overwrite, skip or rename/],
  [['-c', 'ls', '-f', 'x'], /do not go together/],
  [['--insecure', '--fingerprint', 'ab'.repeat(32)], /contradict/],
  [['--password', 'secret'], /not known/],
])('%j is refused with a sentence', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'bad-argument' }))
})
