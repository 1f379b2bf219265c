import { expect, test } from 'vitest'
import { findNetrcEntry, parseNetrc } from './netrc.ts'

test('entries stand on one line or on several', () => {
  const text = 'machine a.example login ann password one\nmachine b.example\n\tlogin bob\n\tpassword two\n\taccount x\n'
  expect(parseNetrc(text)).toEqual([
    { machine: 'a.example', login: 'ann', password: 'one' },
    { machine: 'b.example', login: 'bob', password: 'two' },
  ])
})

test('quoted values hold spaces, quotes and backslashes; a value may begin with "#"', () => {
  const text = 'machine a login "an n" password "two \\"words\\" \\\\ more"\nmachine b login bob password #1\n'
  expect(parseNetrc(text)).toEqual([
    { machine: 'a', login: 'an n', password: 'two "words" \\ more' },
    { machine: 'b', login: 'bob', password: '#1' },
  ])
})

test('macros and comments are passed over, words in them too', () => {
  const text = [
    '# machine c login nobody password wrong',
    'machine a login ann password one',
    'macdef init',
    'machine evil login x password y',
    'cd /pub',
    '',
    'machine b login bob password two # at home',
    '',
  ].join('\n')
  expect(parseNetrc(text).map(({ machine }) => machine)).toEqual(['a', 'b'])
})

test('a macro without an end reaches to the end of the file', () => {
  expect(parseNetrc('machine a login ann\nmacdef x\nmachine b login bob\n')).toHaveLength(1)
})

test('the machine comes before default, and a login that is wanted must fit', () => {
  const entries = parseNetrc(
    'default login guest password none\nmachine A.example login ann password one\nmachine a.example login bob password two\n',
  )
  expect(findNetrcEntry(entries, 'a.EXAMPLE', null)?.login).toBe('ann')
  expect(findNetrcEntry(entries, 'a.example', 'bob')?.password).toBe('two')
  expect(findNetrcEntry(entries, 'other', null)?.login).toBe('guest')
  expect(findNetrcEntry(entries, 'other', 'carl')).toBeNull()
})

test('nothing and nonsense give nothing', () => {
  expect(parseNetrc('')).toEqual([])
  expect(parseNetrc('login x password y')).toEqual([])
  // A keyword at the very end once made the reader begin again, for ever.
  expect(parseNetrc('machine')).toEqual([{ machine: '', login: null, password: null }])
  expect(parseNetrc('machine a login')).toEqual([{ machine: 'a', login: null, password: null }])
  expect(parseNetrc('machine a password "open')).toHaveLength(1)
})
