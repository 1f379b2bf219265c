import { expect, onTestFinished, test, vi } from 'vitest'
import { ACCOUNT_DEFAULTS, type Account, type LiveSession } from '../common/share.ts'
import { hasShrunk, watchAccounts } from './account-watch.ts'
import type { AccountStore } from './accounts/types.ts'

const ann: Account = {
  ...ACCOUNT_DEFAULTS,
  id: 1,
  name: 'ann',
  role: 'writer',
  rights: [],
  root: '/srv',
  createdAt: 0,
  lastLoginAt: null,
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
] as const)('%j: sessions end %s', (changes, ends) => {
  expect(hasShrunk(ann, { ...ann, ...changes } as Account)).toBe(ends)
})

/** A store whose content the test sets, and whose changes it tells when it likes. */
function scripted(accounts: Account[]) {
  let listener: () => void = () => undefined
  const list = vi.fn<AccountStore['list']>(async () => accounts)
  // The two methods that are needed.
  const store = { list, onChange: (callback: () => void) => ((listener = callback), () => undefined) }
  const kicked: string[] = []
  const session = { account: 'ann' } as LiveSession
  const server = { kickAccount: (name: string) => void kicked.push(name), sessions: () => [session] }
  const problems: string[] = []
  const watch = async (every: number): Promise<void> => {
    const watching = await watchAccounts(store as unknown as AccountStore, server, (text) => problems.push(text), every)
    onTestFinished(() => watching.dispose())
  }
  return { list, kicked, problems, watch, tell: () => listener(), set: (next: Account[]) => (accounts = next) }
}

test('what another process changes is seen after a while', async () => {
  const { kicked, watch, set } = scripted([ann, { ...ann, id: 2, name: 'bob' }])
  await watch(5)
  set([{ ...ann, role: 'reader' }])
  await vi.waitUntil(() => kicked.length === 2)
  expect(kicked.toSorted()).toEqual(['ann', 'bob'])
})

test('changes that come while one is being looked at are not lost', async () => {
  const { kicked, watch, set, tell, list } = scripted([ann])
  await watch(1e6)
  set([{ ...ann, enabled: false }])
  tell()
  set([])
  tell()
  tell()
  await vi.waitUntil(() => list.mock.calls.length >= 3)
  await vi.waitUntil(() => kicked.length > 0)
  expect(kicked).toContain('ann')
})

test('an account that is removed and made again under its name is another one', async () => {
  const { kicked, watch, set, tell } = scripted([ann])
  await watch(1e6)
  set([{ ...ann, id: 9 }])
  tell()
  await vi.waitUntil(() => kicked.length > 0)
  expect(kicked).toEqual(['ann'])
})

test('a database that is away is told once, until it is back', async () => {
  const { list, problems, watch, tell } = scripted([ann])
  await watch(1e6)
  list.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'))
  tell()
  await vi.waitUntil(() => problems.length === 1)
  tell()
  await vi.waitUntil(() => list.mock.calls.length === 3)
  tell()
  await vi.waitUntil(() => list.mock.calls.length === 4)
  expect(problems).toEqual(['Accounts could not be looked at: away'])
})
