import { expect, test } from 'vitest'
import { DEFAULT_COST, fits, hashPassword, isOutdated, unmatchableHash } from './password-hash.ts'

const CHEAP = { N: 2, r: 1, p: 1 }

test('a hash fits its password alone, and has a salt of its own', async () => {
  const [one, two] = await Promise.all([hashPassword('secret', CHEAP), hashPassword('secret', CHEAP)])
  expect(one).toMatch(/^scrypt\$2\$1\$1\$[\w-]{22}\$[\w-]{43}$/)
  expect(one).not.toBe(two)
  expect(await fits('secret', one)).toBe(true)
  expect(await fits('Secret', one)).toBe(false)
  expect(await fits('', unmatchableHash(CHEAP))).toBe(false)
})

test('the usual parameters work, and are told from older ones', async () => {
  const hash = await hashPassword('secret', DEFAULT_COST)
  expect(await fits('secret', hash)).toBe(true)
  expect(isOutdated(hash, DEFAULT_COST)).toBe(false)
  expect(isOutdated(await hashPassword('secret', CHEAP), DEFAULT_COST)).toBe(true)
})

test.for(['', 'secret', 'scrypt$2$1$1$$', 'scrypt$3$1$1$AAAAAAAAAAAAAAAAAAAAAA$', '$2y$10$abcdefghijklmnopqrstuv'])(
  'what is no hash is an error, never a fit: %s',
  async (hash) => {
    await expect(fits('', hash)).rejects.toThrow()
  },
)

test('a hash in the database cannot ask for all of the memory', async () => {
  const key = 'A'.repeat(43)
  await expect(fits('x', `scrypt$16777216$8$1$AAAAAAAAAAAAAAAAAAAAAA$${key}`)).rejects.toThrow(/memory/i)
})
