import { expect, test } from 'vitest'
import { passwordSchema } from '../../../common/share.ts'
import { randomPassword } from './password.ts'

test('a suggested password is taken by the server, and no two are the same', () => {
  const made = Array.from({ length: 200 }, () => randomPassword())
  for (const password of made) {
    expect(passwordSchema.safeParse(password).success).toBe(true)
    expect(password).toMatch(/^(?:[a-zA-Z2-9]{4}-){3}[a-zA-Z2-9]{4}$/)
    expect(password).not.toMatch(/[0O1lI]/)
  }
  expect(new Set(made).size).toBe(made.length)
})

test('no sign is likelier than another: bytes past the last full round are thrown away', () => {
  let calls = 0
  const password = randomPassword((bytes) => bytes.fill(calls++ === 0 ? 255 : 0))
  expect(calls).toBe(2)
  expect(password).toBe('aaaa-aaaa-aaaa-aaaa')
})
