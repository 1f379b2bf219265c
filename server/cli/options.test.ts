import path from 'node:path'
import { expect, test } from 'vitest'
import { defaultDataFolder } from './data-folder.ts'
import { parseCommandLine } from './flags.ts'
import { agentOf, completeAccount, parseQuickUser, placesOf, quickAccounts } from './options.ts'
import { parseSize, parseTime } from './values.ts'

test.each([
  [['--nope'], '--nope is not known'],
  [['-x'], '-x is not known'],
  [['--root'], '--root needs a value: DIR.'],
  [['--root', '/a', '--root', '/b'], '--root is given twice.'],
  [['--no-scan=yes'], '--no-scan takes no value.'],
  [['serve', 'folder'], '“folder” is one word too many'],
  [['user', 'list', '--listen', '1.2.3.4:5'], '--listen does not go with “user”.'],
  [['--csv', 'x'], '--csv does not go with serving.'],
  [['launch'], '“launch” is not known: serve, user or audit.'],
])('%j is refused', (args, says) => {
  expect(() => parseCommandLine(args)).toThrow(says)
})

test('serving is what it does when nothing else is said', () => {
  expect(parseCommandLine([]).command).toBe('serve')
  const line = parseCommandLine(['user', 'add', 'ann', '--role=writer'])
  expect(line).toMatchObject({ command: 'user', words: ['add', 'ann'] })
  expect(line.value('role')).toBe('writer')
})

test.each([
  ['ann', { password: null, role: 'reader' }],
  ['ann:-', { password: null, role: 'reader' }],
  ['ann:-:writer', { password: null, role: 'writer' }],
  ['ann:secret', { password: 'secret', role: 'reader' }],
  ['ann:se:cr:et', { password: 'se:cr:et', role: 'reader' }],
  ['ann:se:cret:superuser', { password: 'se:cret', role: 'superuser' }],
  ['ann::writer', { password: null, role: 'writer' }],
  ['ann:secret:owner', { password: 'secret:owner', role: 'reader' }],
])('--user %s', (text, user) => {
  expect(parseQuickUser(text)).toEqual({ name: 'ann', ...user })
})

test.each(['', ':secret', '../ann:secret', 'anonymous:secret', 'FTP:secret', 'a b:secret'])(
  '--user %j is refused without its password being repeated',
  (text) => {
    expect(() => parseQuickUser(text)).toThrow(/account/)
    expect(() => parseQuickUser(text)).not.toThrow(/secret/)
  },
)

test('a password that is too short is refused without being repeated', () => {
  const short = { name: 'ann', password: 'pst', role: 'reader', root: '/srv' } as const
  expect(() => completeAccount(short)).toThrow('Account ann, password: Use at least 8 characters.')
  expect(completeAccount({ ...short, password: 'long enough' })).toMatchObject({ quotaBytes: null, enabled: true })
})

test('passwords are asked for only where none is given', async () => {
  const asked: string[] = []
  const source = { of: async (name: string) => (asked.push(name), 'from elsewhere') }
  const users = [parseQuickUser('ann:long enough'), parseQuickUser('bob')]
  const accounts = await quickAccounts(users, '/srv', source)
  expect(accounts.map(({ name, password }) => [name, password])).toEqual([
    ['ann', 'long enough'],
    ['bob', 'from elsewhere'],
  ])
  expect(asked).toEqual(['bob'])
  await expect(quickAccounts(users, '', source)).rejects.toThrow('--root DIR')
})

test('accounts are in the data folder, in memory for a quick share, or where it is said', () => {
  const env = { STATE_DIRECTORY: '/var/lib/x' }
  const places = (...args: string[]) => placesOf(parseCommandLine(args), { ...env })
  expect(places()).toEqual({
    dataFolder: '/var/lib/x',
    database: `sqlite:${path.join('/var/lib/x', 'share.sqlite')}`,
    quarantineFolder: path.join('/var/lib/x', 'quarantine'),
  })
  expect(places('--user', 'ann').database).toBe('sqlite::memory:')
  expect(places('--db', 'sqlite:here.db').database).toBe(`sqlite:${path.resolve('here.db')}`)
  expect(places('--db', 'mysql://u:p@h/d').database).toBe('mysql://u:p@h/d')
  expect(() => places('--user', 'ann', '--db', 'sqlite:x')).toThrow('does not go with --db')
})

test('a database given by the environment is taken out of it', () => {
  const env: Record<string, string | undefined> = { SLUICE_SERVER_DB: 'mysql://u:p@h/d', STATE_DIRECTORY: '/x' }
  expect(placesOf(parseCommandLine([]), env).database).toBe('mysql://u:p@h/d')
  expect(env).not.toHaveProperty('SLUICE_SERVER_DB')
})

test('the data folder is where the system keeps such things', () => {
  expect(defaultDataFolder({ STATE_DIRECTORY: '/var/lib/a:/var/lib/b' }, 'linux', '/home/x')).toBe('/var/lib/a')
  expect(defaultDataFolder({ XDG_STATE_HOME: '/s' }, 'linux', '/home/x')).toBe('/s/sluice-server')
  expect(defaultDataFolder({ XDG_STATE_HOME: 'rel' }, 'linux', '/home/x')).toBe('/home/x/.local/state/sluice-server')
  expect(defaultDataFolder({}, 'darwin', '/Users/x')).toBe('/Users/x/Library/Application Support/sluice-server')
})

test.each([
  [['--token-file', 't'], '--token-file belongs to --agent URL.'],
  [['--agent', 'https://h:1'], '--agent needs its token: --token-file FILE.'],
  [['--agent', 'ftp://h', '--token-file', 't'], '--agent takes a URL'],
  [['--agent', 'https://h:1', '--token-file', 't', '--engine', 'clamd'], '--engine is for an agent of its own'],
  [['--engine', 'other'], '--engine takes auto, clamd, clamscan or yara, not "other".'],
])('%j is refused', (args, says) => {
  expect(() => agentOf(parseCommandLine(args))).toThrow(says)
})

test('an agent of its own, or one elsewhere', () => {
  expect(agentOf(parseCommandLine([]))).toEqual({ mode: 'own', engine: 'auto', clamd: '' })
  const args = ['--agent', 'https://h:1', '--token-file', 't', '--agent-certificate', 'c']
  expect(agentOf(parseCommandLine(args))).toEqual({
    mode: 'remote',
    url: 'https://h:1',
    tokenFile: 't',
    certificateFile: 'c',
  })
})

test('sizes and times', () => {
  expect(parseSize('quota', '500M')).toBe(500 * 1024 ** 2)
  expect(parseSize('quota', '2GiB')).toBe(2 * 1024 ** 3)
  expect(parseSize('quota', '17')).toBe(17)
  for (const wrong of ['', '0', '-1', '1.5G', '9P', '99999999999999999T'])
    expect(() => parseSize('quota', wrong)).toThrow('--quota')
  expect(parseTime('since', '2026-01-31T12:00Z')).toBe(Date.UTC(2026, 0, 31, 12))
  expect(parseTime('since', '2026-01-31')).toBe(new Date(2026, 0, 31).getTime())
  for (const wrong of ['yesterday', '1', '2026-13-01']) expect(() => parseTime('since', wrong)).toThrow('--since')
})
