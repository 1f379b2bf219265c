import { expect, test } from 'vitest'
import type { Account } from '../../../common/share.ts'
import {
  accountNameProblem,
  checkAccount,
  checkChanges,
  formOfAccount,
  newAccountForm,
  type AccountErrors,
  type AccountForm,
} from './account-form.ts'

const FORM: AccountForm = { ...newAccountForm('/srv/share', 'long enough'), name: 'mara' }

function errorsOf(change: Partial<AccountForm>, taken: string[] = []): AccountErrors {
  const checked = checkAccount({ ...FORM, ...change }, taken)
  return checked.ok ? {} : checked.errors
}

test('a new account reads the shared folder, and nothing else', () => {
  expect(checkAccount(FORM, [])).toEqual({
    ok: true,
    account: {
      name: 'mara',
      password: 'long enough',
      role: 'reader',
      rights: [],
      root: '/srv/share',
      homeShown: false,
      quotaBytes: null,
      quotaFiles: null,
      uploadRate: null,
      downloadRate: null,
      enabled: true,
    },
  })
})

test('an account comes out of the form as it went in', () => {
  const account: Account = {
    id: 7,
    name: 'olaf',
    role: 'custom',
    rights: ['list', 'write'],
    root: 'D:\\share',
    homeShown: true,
    quotaBytes: 1_234_567,
    quotaFiles: 20,
    uploadRate: 500_000,
    downloadRate: null,
    enabled: false,
    createdAt: 1,
    lastLoginAt: null,
  }
  const { id: _id, name: _name, createdAt: _createdAt, lastLoginAt: _lastLoginAt, ...changes } = account
  expect(checkChanges(formOfAccount(account))).toEqual({ ok: true, changes })
})

test('what is wrong is said beside its field', () => {
  expect(errorsOf({ password: 'short' }).password).toMatch(/at least 8/)
  expect(errorsOf({ role: 'custom', rights: [] }).rights).toMatch(/at least one/)
  expect(errorsOf({ root: '' }).root).toMatch(/Choose/)
  expect(errorsOf({ root: 'share' }).root).toMatch(/whole path/)
  expect(errorsOf({ quota: 'lots', uploadRate: '0' })).toMatchObject({
    quota: expect.stringContaining('500 MB') as string,
    uploadRate: expect.stringContaining('500 MB') as string,
  })
  expect(errorsOf({ quotaFiles: '1.5' }).quotaFiles).toMatch(/whole number/)
})

test.each([
  ['', /Type a name/],
  ['Anonymous', /guests/],
  ['MARA', /There is an account/],
  ['a b', /letters, digits/],
  ['../etc', /letters, digits/],
  ['a\u202Eb', /letters, digits/],
  ['x'.repeat(65), /at most 64/],
])('%j is no name for an account', (name, problem) => {
  expect(accountNameProblem(name, ['mara'])).toMatch(problem)
})

test('names in any script are', () => {
  expect(accountNameProblem('мара-2@home', ['mara'])).toBeNull()
})
