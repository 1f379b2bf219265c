import { describe, expect, test } from 'vitest'
import { shareConfigSchema } from '../../common/share.ts'
import { addressKey } from './address-key.ts'
import type { Clock } from './clock.ts'
import { createLimits } from './limits.ts'
import { RecentMap } from './recent.ts'
import type { Admission, Limits } from './types.ts'

/** Time that passes when it is slept through or set forward. */
class OwnTime implements Clock {
  time = 1_000_000
  readonly slept: number[] = []
  now(): number {
    return this.time
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.slept.push(Math.round(ms))
    this.time += ms
    await Promise.resolve()
  }
}

const never = new AbortController().signal

function limitsWith(limits: Partial<ReturnType<typeof shareConfigSchema.parse>['limits']> = {}, perDay = 3) {
  const time = new OwnTime()
  const config = shareConfigSchema.parse({ limits, signUp: { perDay } })
  return { time, limits: createLimits(config, time) }
}

function admitted(limits: Limits, address: string): Admission {
  const admission = limits.admit(address)
  if (typeof admission === 'string') throw new Error(admission)
  return admission
}

describe('connections', () => {
  test('are limited in total, and a place is free again when its session left', () => {
    const { limits } = limitsWith({ connections: 2, perAddress: 2 })
    const first = admitted(limits, '10.0.0.1')
    admitted(limits, '10.0.0.2')
    expect(limits.admit('10.0.0.3')).toMatch(/Too many connections: /)
    first.leave()
    first.leave()
    admitted(limits, '10.0.0.3')
    expect(limits.admit('10.0.0.4')).toMatch(/Too many/)
  })

  test('are limited by address, of IPv6 by /64', () => {
    const { limits } = limitsWith({ perAddress: 2 })
    admitted(limits, '2001:db8:1:2::1')
    admitted(limits, '2001:db8:1:2:ffff::2')
    expect(limits.admit('2001:0db8:0001:0002::3')).toMatch(/from your address/)
    admitted(limits, '2001:db8:1:3::1')
    admitted(limits, '10.0.0.1')
    admitted(limits, '::ffff:10.0.0.1')
    expect(limits.admit('10.0.0.1')).toMatch(/from your address/)
  })

  test('of an account are limited, too', () => {
    const { limits } = limitsWith({ perAccount: 1 })
    const place = limits.admitAccount('mara')
    expect(limits.admitAccount('mara')).toBe('Too many sessions of this account.')
    expect(limits.admitAccount('kim')).not.toBeTypeOf('string')
    if (typeof place !== 'string') place.leave()
    expect(limits.admitAccount('mara')).not.toBeTypeOf('string')
  })
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['2001:0DB8:a:b:c:d:e:f', '2001:db8:a:b::/64'],
  ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})

describe('failed logins', () => {
  test('hold the answer back longer and longer, up to a limit', async () => {
    const { limits, time } = limitsWith({ failedLogins: 100 })
    for (let guess = 0; guess < 9; guess++) {
      await limits.holdBack('10.0.0.1', `name${guess}`, never)
      limits.loginFailed('10.0.0.1', `name${guess}`)
    }
    expect(time.slept).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000])
  })

  test('at one account from everywhere hold it back, but never so long that its owner despairs', () => {
    const { limits } = limitsWith()
    for (let guess = 0; guess < 50; guess++) limits.loginFailed(`10.0.1.${guess}`, 'Mara')
    expect(limits.delay('10.9.9.9', 'mara')).toBe(2000)
    expect(limits.delay('10.9.9.9', 'kim')).toBe(0)
  })

  test('at one account count together, however its name is written', () => {
    const { limits } = limitsWith({ failedLogins: 5 })
    const spellings = ['zo\u00eb', 'ZO\u00cb', 'zoe\u0308', '\uff3ao\u00eb']
    for (const [at, name] of spellings.entries()) limits.loginFailed(`10.0.0.${at}`, name)
    for (const name of spellings) expect(limits.delay('10.1.1.1', name)).toBe(2000)
  })

  test('shut an address out, the second time twice as long', () => {
    const { limits, time } = limitsWith({ failedLogins: 3, banSeconds: 60 })
    const fail = (): boolean[] => [1, 2, 3].map(() => limits.loginFailed('10.0.0.1', 'mara'))
    expect(fail()).toEqual([false, false, true])
    expect(limits.delay('10.0.0.1', 'mara')).toBeNull()
    expect(limits.admit('10.0.0.1')).toMatch(/Too many failed logins/)
    expect(limits.admit('10.0.0.2')).not.toBeTypeOf('string')
    time.time += 59_999
    expect(limits.delay('10.0.0.1', 'mara')).toBeNull()
    time.time += 1
    expect(limits.delay('10.0.0.1', 'mara')).not.toBeNull()
    expect(fail()).toEqual([false, false, true])
    time.time += 119_999
    expect(limits.delay('10.0.0.1', 'mara')).toBeNull()
    time.time += 1
    expect(limits.delay('10.0.0.1', 'mara')).not.toBeNull()
  })

  test('are forgotten after a quarter of an hour, and bans after a day of peace', () => {
    const { limits, time } = limitsWith({ failedLogins: 2, banSeconds: 60 })
    limits.loginFailed('10.0.0.1', 'mara')
    time.time += 15 * 60_000
    expect(limits.delay('10.0.0.1', 'mara')).toBe(0)
    limits.loginFailed('10.0.0.1', 'mara')
    limits.loginFailed('10.0.0.1', 'mara')
    time.time += 25 * 3_600_000
    limits.loginFailed('10.0.0.1', 'mara')
    limits.loginFailed('10.0.0.1', 'mara')
    time.time += 60_000
    expect(limits.delay('10.0.0.1', 'mara')).not.toBeNull()
  })

  test('at others are not washed away by a login of an own account', () => {
    const { limits } = limitsWith({ failedLogins: 3 })
    limits.loginFailed('10.0.0.1', 'mara')
    limits.loginFailed('10.0.0.1', 'kim')
    limits.loginSucceeded('10.0.0.1', 'kim')
    expect(limits.delay('10.0.0.1', 'kim')).toBe(250)
    limits.loginFailed('10.0.0.1', 'mara')
    expect(limits.loginFailed('10.0.0.1', 'mara')).toBe(true)
  })

  test('a thousand guesses in a row take days', async () => {
    const { limits, time } = limitsWith()
    const begin = time.time
    for (let guess = 0; guess < 1000; guess++) {
      while (!(await limits.holdBack('10.0.0.1', 'mara', never))) time.time += 30_000
      limits.loginFailed('10.0.0.1', 'mara')
    }
    expect(time.time - begin).toBeGreaterThan(7 * 24 * 3_600_000)
  })

  test('side by side are shut out, too: a wait does not outlive the ban', async () => {
    const { limits, time } = limitsWith({ failedLogins: 3 })
    limits.loginFailed('10.0.0.1', 'mara')
    const waiting = limits.holdBack('10.0.0.1', 'mara', never)
    limits.loginFailed('10.0.0.1', 'mara')
    limits.loginFailed('10.0.0.1', 'mara')
    expect(await waiting).toBe(false)
    expect(time.slept).toEqual([250])
  })
})

test('what clients make it remember has a limit, and the newest stays', () => {
  const map = new RecentMap<number>(100)
  for (let key = 0; key < 10_000; key++) {
    map.set('kept', 0)
    map.set(`key ${key}`, key)
  }
  expect(map.size).toBe(100)
  expect(map.get('kept')).toBe(0)
  expect(map.get('key 9999')).toBe(9999)
  expect(map.get('key 0')).toBeUndefined()
})

test('an address may make so many accounts a day; one that was refused does not count', () => {
  const { limits, time } = limitsWith({}, 2)
  expect([1, 2, 3].map(() => limits.maySignUp('10.0.0.1'))).toEqual([true, true, false])
  expect(limits.maySignUp('10.0.0.2')).toBe(true)
  limits.signUpRefused('10.0.0.1')
  expect([1, 2].map(() => limits.maySignUp('10.0.0.1'))).toEqual([true, false])
  time.time += 24 * 3_600_000
  expect(limits.maySignUp('10.0.0.1')).toBe(true)
})

describe('pace', () => {
  const account = { name: 'mara', uploadRate: 1000, downloadRate: 2000 }

  test('lets an account have its rate, however many sessions share it', async () => {
    const { limits, time } = limitsWith()
    const begin = time.time
    for (let chunk = 0; chunk < 20; chunk++) await limits.pace(account, 'upload', 500, never)
    // 10,000 bytes at 1,000 a second, of which a quarter of a second's worth may come at once.
    expect(time.time - begin).toBe(9750)
    await limits.pace(account, 'download', 2000, never)
    expect(time.time - begin).toBe(10_500)
  })

  test('waits for nobody without a limit', async () => {
    const { limits, time } = limitsWith()
    await limits.pace({ name: 'kim', uploadRate: null, downloadRate: 1 }, 'upload', 1e12, never)
    expect(time.slept).toEqual([])
  })

  test('can be aborted', async () => {
    const { limits } = limitsWith()
    await expect(limits.pace(account, 'upload', 1e6, AbortSignal.abort())).rejects.toThrow(/aborted/)
  })
})
