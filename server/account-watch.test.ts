import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ACCOUNT_DEFAULTS, type LiveSession } from '../common/share.ts'
import { hasShrunk, watchAccounts } from './account-watch.ts'
import { ANONYMOUS_ID, type AccountStore, type LoginAccount } from './accounts/types.ts'

const ann: LoginAccount = {
  ...ACCOUNT_DEFAULTS,
  id: 1,
  name: 'ann',
  role: 'writer',
  root: '/srv',
  createdAt: 0,
  lastLoginAt: null,
  passwordMark: 'first',
}

test.each([
  [{ role: 'superuser' }, false],
  [{ quotaBytes: 1, uploadRate: 1, lastLoginAt: 5 }, false],
  [{ role: 'custom', rights: ['superuser'] }, false],
  [{ role: 'custom', rights: ['list', 'read', 'write', 'append', 'delete', 'rename'] }, true],
  [{ role: 'reader' }, true],
  [{ enabled: false }, true],
  [{ root: '/srv/other' }, true],
  [{ homeShown: true }, true],
  [{ passwordMark: 'second' }, true],
] as const)('%j: sessions end %s', (changes, ends) => {
  expect(hasShrunk(ann, { ...ann, ...changes } as LoginAccount)).toBe(ends)
})

const bob: LoginAccount = { ...ann, id: 2, name: 'bob' }

/** A store whose content the test sets, and whose changes it tells when it likes; sessions as they are given. */
function scripted(accounts: LoginAccount[], sessions = [ann]) {
  let listener: () => void = () => undefined
  const logins = vi.fn<AccountStore['logins']>(async () => accounts)
  const store = { logins, onChange: (callback: () => void) => ((listener = callback), () => undefined) }
  const kicked: string[] = []
  const server = {
    kickAccounts: (isSuch: (account: LoginAccount) => boolean) =>
      void kicked.push(...sessions.filter(isSuch).map(({ name }) => name)),
    sessions: () => sessions.map(({ name }) => ({ account: name }) as LiveSession),
  }
  const problems: string[] = []
  const watch = (every: number): void => {
    const watching = watchAccounts(store, server, (text) => problems.push(text), every)
    onTestFinished(() => watching.dispose())
  }
  return { logins, kicked, problems, watch, tell: () => listener(), set: (next: LoginAccount[]) => (accounts = next) }
}

test('what another process changes is seen after a while, as long as somebody is logged in', async () => {
  const { kicked, watch, set } = scripted([ann, bob], [ann, bob])
  watch(5)
  set([{ ...ann, role: 'reader' }])
  await vi.waitUntil(() => kicked.length >= 2)
  expect(kicked.slice(0, 2)).toEqual(['ann', 'bob'])
  const { logins, watch: watchNobody } = scripted([ann], [])
  watchNobody(1)
  await delay(20)
  expect(logins).not.toHaveBeenCalled()
})

test('each session counts as what it was when it began', async () => {
  // The password was changed while nobody was logged in; ann has the new one, and who says to be ann has the old one.
  const changed = { ...ann, passwordMark: 'second' }
  const { logins, kicked, watch, tell } = scripted([changed, bob], [changed, bob, { ...ann, name: 'another ann' }])
  watch(1e6)
  tell()
  await vi.waitUntil(() => logins.mock.calls.length > 0 && kicked.length > 0)
  expect(kicked).toEqual(['another ann'])
})

test('who logged in without an account is let be', async () => {
  const { logins, kicked, watch, tell } = scripted([ann], [{ ...ann, id: ANONYMOUS_ID, name: 'anonymous' }, bob])
  watch(1e6)
  tell()
  await vi.waitUntil(() => logins.mock.calls.length > 0 && kicked.length > 0)
  expect(kicked).toEqual(['bob'])
})

test('changes that come while one is being looked at are not lost', async () => {
  const { kicked, watch, set, tell, logins } = scripted([ann])
  watch(1e6)
  tell()
  set([])
  tell()
  tell()
  await vi.waitUntil(() => logins.mock.calls.length >= 2)
  await vi.waitUntil(() => kicked.length > 0)
  expect(kicked).toContain('ann')
})

test('an account that is removed and made again under its name is another one', async () => {
  const { kicked, watch, set, tell } = scripted([ann])
  watch(1e6)
  set([{ ...ann, id: 9 }])
  tell()
  await vi.waitUntil(() => kicked.length > 0)
  expect(kicked).toEqual(['ann'])
})

test('a database that is away is told once, until it is back', async () => {
  const { logins, problems, watch, tell } = scripted([ann])
  watch(1e6)
  logins.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'))
  tell()
  await vi.waitUntil(() => problems.length === 1)
  tell()
  await vi.waitUntil(() => logins.mock.calls.length === 2)
  tell()
  await vi.waitUntil(() => logins.mock.calls.length === 3)
  expect(problems).toEqual(['Accounts could not be looked at: away'])
})
