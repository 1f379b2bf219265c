import path from 'node:path'
import { expect, test } from 'vitest'
import { accountChangesOf } from './account-flags.ts'
import { parseCommandLine } from './flags.ts'

const changes = (...flags: string[]) => accountChangesOf(parseCommandLine(['user', 'set', 'ann', ...flags]))

test.each([
  [[], {}],
  [['--role', 'writer'], { role: 'writer' }],
  [['--rights', 'list, READ,list'], { role: 'custom', rights: ['list', 'read'] }],
  [['--role', 'custom', '--rights', 'superuser'], { role: 'custom', rights: ['superuser'] }],
  [['--root', 'here'], { root: path.resolve('here') }],
  [['--home-shown', 'Yes'], { homeShown: true }],
  [['--home-shown', 'no'], { homeShown: false }],
  [['--quota', '2G'], { quotaBytes: 2 * 1024 ** 3 }],
  [['--quota', 'none'], { quotaBytes: null }],
  [['--quota-files', '7'], { quotaFiles: 7 }],
  [['--quota-files', 'NONE'], { quotaFiles: null }],
  [['--upload-rate', '512K', '--download-rate', 'none'], { uploadRate: 512 * 1024, downloadRate: null }],
])('%j', (flags, expected) => {
  expect(changes(...flags)).toEqual(expected)
})

test.each([
  [['--role', 'owner'], '--role takes reader, writer, superuser or custom, not "owner".'],
  [['--role', 'custom'], '--role custom needs the rights: --rights'],
  [['--role', 'writer', '--rights', 'list'], '--rights is for accounts of role custom'],
  [['--rights', 'list,,read'], '--rights takes list, read, write, append, delete, rename, mkdir or superuser, not ""'],
  [['--home-shown', 'maybe'], '--home-shown takes yes or no, not "maybe".'],
  [['--quota', '0'], '--quota takes a size, 500M or 2G for example, or none, not "0".'],
  [['--quota-files', '0'], '--quota-files takes a whole number'],
  [['--quota-files', '1.5'], '--quota-files takes a whole number'],
  [['--upload-rate', 'fast'], '--upload-rate takes a size'],
  [['--download-rate', '-1'], '--download-rate'],
])('%j is refused', (flags, says) => {
  expect(() => changes(...flags)).toThrow(says)
})
