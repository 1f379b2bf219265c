import { expect, test } from 'vitest'
import { EXIT_CODES, exitCode, ORDER_OF_CODES, worse } from './exit-codes.ts'
import { helpText } from './help.ts'

test('every outcome has a code of its own', () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(new Set(ORDER_OF_CODES)).toEqual(new Set(codes))
})

test('the worse of two outcomes does not depend on their order', () => {
  expect(exitCode(worse('failed', 'infected'))).toBe(3)
  expect(exitCode(worse('infected', 'failed'))).toBe(3)
  expect(exitCode(worse('partial', 'ok'))).toBe(6)
  expect(worse('ok', 'ok')).toBe('ok')
})

test('the help tells all codes and flags', () => {
  const help = helpText()
  for (const { code, meaning } of Object.values(EXIT_CODES))
    expect(help).toMatch(new RegExp(`^ +${code} +.*${meaning.slice(0, 10)}`, 'm'))
  expect(help).toContain('--no-scan')
  expect(help).toContain('SLUICE_PASSWORD')
})
