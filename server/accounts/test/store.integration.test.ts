import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describeDatabases, newAccount, openTest, testFolder } from '../../database/test/databases.ts'
import { createFirstAccount } from '../first-account.ts'
import * as hashing from '../password-hash.ts'

vi.mock(import('../password-hash.ts'), async (importOriginal) => {
  const real = await importOriginal()
  return { ...real, fits: vi.fn(real.fits), hashPassword: vi.fn(real.hashPassword) }
})

/** Slow hashes since the last call: what a clock would measure, without a clock. */
function hashes(): number {
  const count = vi.mocked(hashing.fits).mock.calls.length + vi.mocked(hashing.hashPassword).mock.calls.length
  vi.mocked(hashing.fits).mockClear()
  vi.mocked(hashing.hashPassword).mockClear()
  return count
}

describeDatabases('accounts', (newSpec) => {
  test('one is added, listed, found and let in, and all it was given comes back', async () => {
    const { accounts } = await openTest(newSpec(), { now: () => 1_700_000_000_000 })
    const given = newAccount('anna', {
      role: 'custom',
      rights: ['list', 'read'],
      homeShown: true,
      quotaBytes: 2 ** 50,
      quotaFiles: 7,
      uploadRate: 1000,
      downloadRate: 2000,
    })
    const added = await accounts.add(given)
    const { password, ...rest } = given
    expect(added).toEqual({ ...rest, id: added.id, createdAt: 1_700_000_000_000, lastLoginAt: null })
    expect(await accounts.list()).toEqual([added])
    expect(await accounts.find('anna')).toEqual(added)
    const entered = await accounts.authenticate('anna', password)
    expect(entered).toMatchObject({ ...added, lastLoginAt: 1_700_000_000_000 })
    expect(await accounts.find('anna')).toEqual({ ...added, lastLoginAt: 1_700_000_000_000 })
    expect(await accounts.authenticate('anna', 'wrong horse')).toBeNull()
  })

  test('two spellings of one name are one account: their folders would be one on many disks', async () => {
    const { accounts } = await openTest(newSpec())
    await accounts.add(newAccount('Zoë'))
    for (const spelling of ['zoë', 'ZOË', 'Zoe\u0308', 'zoe\u0308', 'Ｚｏë']) {
      expect(await accounts.authenticate(spelling, 'correct horse')).toMatchObject({ name: 'Zoë' })
      await expect(accounts.add(newAccount(spelling))).rejects.toMatchObject({ code: 'bad-argument' })
    }
    await accounts.add(newAccount('Zoe'))
    expect((await accounts.list()).map(({ name }) => name)).toEqual(['Zoe', 'Zoë'])
  })

  test('the dotted capital I, whose small form has two characters, logs in', async () => {
    const { accounts } = await openTest(newSpec())
    await accounts.add(newAccount('İzmir'))
    expect(await accounts.authenticate('İzmir', 'correct horse')).not.toBeNull()
  })

  test('hostile names find nobody and change nothing', async () => {
    const { accounts } = await openTest(newSpec())
    await accounts.add(newAccount('anna'))
    const names = [
      "' OR '1'='1",
      "anna'--",
      "'; DROP TABLE share_accounts; --",
      '"anna"',
      'anna\\',
      'anna\0',
      'anna\0x',
      'anna ',
      ' anna',
      'ann%',
      '%',
      '',
      '\ud800',
      'a'.repeat(100_000),
      '../anna',
      '😀',
    ]
    for (const name of names) {
      expect(await accounts.find(name), name).toBeNull()
      expect(await accounts.authenticate(name, 'correct horse'), name).toBeNull()
      await expect(accounts.add(newAccount(name)), name).rejects.toMatchObject({ code: 'bad-argument' })
    }
    // A name, but no pattern.
    expect(await accounts.find('ann_')).toBeNull()
    expect(await accounts.list()).toHaveLength(1)
  })

  test('passwords may hold whatever a keyboard gives', async () => {
    const { accounts } = await openTest(newSpec())
    for (const [at, password] of ['a\'b"c;--\\', 'pässwörd ', '😀😀😀😀😀😀😀😀', '        '].entries()) {
      await accounts.add(newAccount(`user${at}`, { password }))
      expect(await accounts.authenticate(`user${at}`, password)).not.toBeNull()
      expect(await accounts.authenticate(`user${at}`, `${password} `)).toBeNull()
    }
    expect(await accounts.authenticate('user1', 'pa\u0308sswo\u0308rd ')).not.toBeNull()
    await expect(accounts.add(newAccount('short', { password: '1234567' }))).rejects.toThrow(/at least 8/)
    await expect(accounts.add(newAccount('nul', { password: '12345678\0' }))).rejects.toThrow(/Control characters/)
  })

  test('what can go wrong costs as many hashes as what can go right', async () => {
    const { accounts } = await openTest(newSpec())
    await accounts.add(newAccount('anna'))
    await accounts.add(newAccount('off', { enabled: false }))
    hashes()
    for (const [name, password] of [
      ['nobody', 'correct horse'],
      ['', ''],
      ['not a name\0', 'x'],
      ['anna', 'wrong'],
      ['anna', ''],
      ['off', 'correct horse'],
      ['off', 'wrong'],
    ] as const) {
      expect(await accounts.authenticate(name, password)).toBeNull()
      expect(hashes(), `${name} ${password}`).toBe(1)
    }
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(1)
  })

  test('after a login the next of the same client pay no hash, but failures do, for some minutes', async () => {
    let now = 1_000_000
    const { accounts } = await openTest(newSpec(), { now: () => now })
    await accounts.add(newAccount('anna'))
    await accounts.authenticate('anna', 'correct horse')
    hashes()
    expect(await accounts.authenticate('ANNA', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(0)
    expect(await accounts.authenticate('anna', 'wrong')).toBeNull()
    expect(hashes()).toBe(1)
    now += 5 * 60_000
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(1)
  })

  test('many who come together with one password pay for few hashes, each wrong one for its own', async () => {
    const { accounts } = await openTest(newSpec())
    await accounts.add(newAccount('anna'))
    hashes()
    const logins = Array.from({ length: 20 }, () => accounts.authenticate('anna', 'correct horse'))
    expect(await Promise.all(logins)).not.toContain(null)
    expect(hashes()).toBeLessThan(10)
    const guesses = Array.from({ length: 20 }, () => accounts.authenticate('anna', 'wrong'))
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([null]))
    expect(hashes()).toBe(20)
  })

  test('a new password, disabling and removing count at once, whoever did it', async () => {
    const spec = newSpec()
    const { accounts } = await openTest(spec)
    const { accounts: other } = await openTest(spec)
    const { id } = await accounts.add(newAccount('anna'))
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    await other.setPassword(id, 'battery staple')
    hashes()
    expect(await accounts.authenticate('anna', 'correct horse')).toBeNull()
    expect(hashes()).toBe(1)
    expect(await accounts.authenticate('anna', 'battery staple')).not.toBeNull()
    await accounts.setPassword(id, 'correct horse')
    expect(await accounts.authenticate('anna', 'battery staple')).toBeNull()
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    await other.update(id, { enabled: false })
    expect(await accounts.authenticate('anna', 'correct horse')).toBeNull()
    await other.update(id, { enabled: true })
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    await other.remove(id)
    expect(await accounts.authenticate('anna', 'correct horse')).toBeNull()
    // The same name again is another account.
    await other.add(newAccount('anna', { password: 'battery staple' }))
    expect(await accounts.authenticate('anna', 'correct horse')).toBeNull()
  })

  test('an old hash still counts, and is made anew at the next login', async () => {
    const spec = newSpec()
    const before = await openTest(spec)
    await before.accounts.add(newAccount('anna'))
    const { accounts } = await openTest(spec, { cost: { N: 4, r: 2, p: 1 } })
    hashes()
    expect(await accounts.authenticate('anna', 'wrong')).toBeNull()
    expect(hashes()).toBe(1)
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(2)
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(1)
    expect(await accounts.authenticate('anna', 'correct horse')).not.toBeNull()
    expect(hashes()).toBe(0)
    expect(await before.accounts.authenticate('anna', 'correct horse')).not.toBeNull()
  })

  test('the mark of a password changes with it, and not when it is hashed anew', async () => {
    const spec = newSpec()
    const before = await openTest(spec)
    const { id } = await before.accounts.add(newAccount('anna'))
    const first = await before.accounts.authenticate('anna', 'correct horse')
    const { accounts } = await openTest(spec, { cost: { N: 4, r: 2, p: 1 } })
    await accounts.authenticate('anna', 'correct horse')
    expect((await accounts.logins()).map(({ passwordMark }) => passwordMark)).toEqual([first?.passwordMark])
    await accounts.setPassword(id, 'correct horse')
    const [now] = await before.accounts.logins()
    expect(now?.passwordMark).not.toBe(first?.passwordMark)
    expect(now).toEqual(await accounts.authenticate('anna', 'correct horse'))
    expect(await accounts.list()).not.toContainEqual(expect.objectContaining({ passwordMark: expect.anything() }))
  })

  test('the last login is noted, not more than once in some seconds', async () => {
    let now = 1_000_000
    const { accounts } = await openTest(newSpec(), { now: () => now })
    await accounts.add(newAccount('anna'))
    const lastLogin = async (): Promise<number | null | undefined> => (await accounts.find('anna'))?.lastLoginAt
    await accounts.authenticate('anna', 'correct horse')
    expect(await lastLogin()).toBe(1_000_000)
    now += 9_000
    await accounts.authenticate('anna', 'correct horse')
    expect(await lastLogin()).toBe(1_000_000)
    now += 1_000
    await accounts.authenticate('anna', 'correct horse')
    expect(await lastLogin()).toBe(1_010_000)
  })

  test('names that are reserved or taken are refused', async () => {
    const { accounts } = await openTest(newSpec())
    for (const name of ['anonymous', 'Anonymous', 'ftp', 'FTP'])
      await expect(accounts.add(newAccount(name))).rejects.toThrow(/kept for logins without an account/)
    await accounts.add(newAccount('anna'))
    const taken = { code: 'bad-argument', message: 'There is an account "Anna" already. Choose another name.' }
    await expect(accounts.add(newAccount('Anna'))).rejects.toMatchObject(taken)
  })

  test('only folders that are there, and no whole disk, are shared', async () => {
    const { accounts } = await openTest(newSpec())
    const folder = testFolder()
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    const link = path.join(folder, 'link')
    symlinkSync(path.parse(folder).root, link)
    for (const root of [
      '',
      'relative',
      '.',
      file,
      path.join(folder, 'missing'),
      path.parse(folder).root,
      '/..',
      link,
      `${folder}\0`,
    ])
      await expect(accounts.add(newAccount('anna', { root })), root).rejects.toMatchObject({ code: 'bad-argument' })
    const { id } = await accounts.add(newAccount('anna'))
    await expect(accounts.update(id, { root: link })).rejects.toMatchObject({ code: 'bad-argument' })
    // A folder that has gone must not keep the account from being disabled.
    expect(await accounts.update(id, { enabled: false })).toMatchObject({ enabled: false })
  })

  test('only what is named changes, listeners are told, and what is gone is not found', async () => {
    const { accounts } = await openTest(newSpec())
    const changed = vi.fn<() => void>()
    const stop = accounts.onChange(changed)
    const added = await accounts.add(newAccount('anna'))
    expect(await accounts.update(added.id, { quotaBytes: 5 })).toEqual({ ...added, quotaBytes: 5 })
    expect(await accounts.update(added.id, { quotaBytes: null })).toEqual(added)
    expect(await accounts.update(added.id, {})).toEqual(added)
    await accounts.setPassword(added.id, 'battery staple')
    await accounts.remove(added.id)
    expect(changed).toHaveBeenCalledTimes(5)
    stop()
    await expect(accounts.update(added.id, { enabled: false })).rejects.toMatchObject({ code: 'not-found' })
    await expect(accounts.update(added.id, {})).rejects.toMatchObject({ code: 'not-found' })
    await expect(accounts.setPassword(added.id, 'battery staple')).rejects.toMatchObject({ code: 'not-found' })
    await expect(accounts.remove(added.id)).rejects.toMatchObject({ code: 'not-found' })
    expect(changed).toHaveBeenCalledTimes(5)
  })

  test('the first start makes one account, and one alone, even when two servers start at once', async () => {
    const spec = newSpec()
    const [one, two] = await Promise.all([openTest(spec), openTest(spec)])
    const root = testFolder()
    const made = await Promise.all([createFirstAccount(one.accounts, root), createFirstAccount(two.accounts, root)])
    const first = made.filter((account) => account !== null)
    expect(first).toHaveLength(1)
    expect(first[0]?.password).toMatch(/^[a-z2-9]{4}(?:-[a-z2-9]{4}){4}$/)
    const list = await one.accounts.list()
    expect(list).toMatchObject([{ name: 'sluice', role: 'superuser', root }])
    expect(await two.accounts.authenticate('sluice', first[0]?.password ?? '')).not.toBeNull()
    expect(await createFirstAccount(two.accounts, root)).toBeNull()
  })

  test('two servers that add at once agree on who was first', async () => {
    const spec = newSpec()
    const [one, two] = await Promise.all([openTest(spec), openTest(spec)])
    const names = Array.from({ length: 10 }, (_, at) => `user${at}`)
    const added = await Promise.allSettled(
      names.flatMap((name) => [one.accounts.add(newAccount(name)), two.accounts.add(newAccount(name))]),
    )
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(await one.accounts.list()).toEqual(await two.accounts.list())
    expect(await one.accounts.list()).toHaveLength(10)
  })
})

test('passwords are nowhere in the files of the database', async () => {
  const folder = testFolder()
  const { accounts, audit, close } = await openTest(`sqlite:${path.join(folder, 'share.db')}`)
  onTestFinished(() => close())
  const password = 'correct horse battery staple'
  const { id } = await accounts.add(newAccount('anna', { password }))
  await accounts.authenticate('anna', password)
  await accounts.setPassword(id, `${password} 2`)
  await accounts.authenticate('anna', `${password} 2`)
  audit.add({ kind: 'login', outcome: 'ok', account: 'anna' })
  await audit.flush()
  const files = readdirSync(folder)
  expect(files).toContain('share.db')
  const bytes = Buffer.concat(files.map((file) => readFileSync(path.join(folder, file))))
  expect(bytes.indexOf('anna')).toBeGreaterThan(-1)
  for (const form of [password, Buffer.from(password).toString('base64'), Buffer.from(password).toString('hex')])
    expect(bytes.indexOf(form)).toBe(-1)
})
