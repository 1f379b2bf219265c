import { expect, test } from 'vitest'
import { FeatureSet } from './features.ts'

test('names in any case, with what stands behind them', () => {
  const features = new FeatureSet(
    'Features:\n UTF8\n mlst type*;size*;modify*;\n AUTH TLS\n AUTH SSL\nREST STREAM\nEnd',
  )
  expect(features.has('utf8')).toBe(true)
  expect(features.has('MLSD')).toBe(true)
  expect(features.parameters('MLST')).toBe('type*;size*;modify*;')
  expect(features.parameters('AUTH')).toBe('TLS;SSL')
  expect(features.parameters('REST')).toBe('STREAM')
  expect(features.has('HASH')).toBe(false)
  expect(features.parameters('HASH')).toBeNull()
  expect(features.list()).toEqual(['UTF8', 'MLST type*;size*;modify*;', 'AUTH TLS;SSL', 'REST STREAM'])
})

test('no FEAT, no features', () => {
  expect(new FeatureSet(null).has('UTF8')).toBe(false)
  expect(new FeatureSet(null).list()).toEqual([])
  expect(new FeatureSet('No features').has('No')).toBe(false)
})

test.each([
  ['SITE SIGNUP', true],
  ['SITE HELP;CHMOD;SIGNUP;UTIME', true],
  ['site signup', true],
  ['SITE CHMOD', false],
  ['SITE SIGNUPS', false],
  ['SIGNUP', false],
])('the offer to make accounts: %s', (line, offered) => {
  expect(new FeatureSet(`Features:\n ${line}\nEnd`).offersSignUp).toBe(offered)
})

test('the offer may be one of several SITE lines', () => {
  expect(new FeatureSet('Features:\n SITE CHMOD\n SITE SIGNUP\nEnd').offersSignUp).toBe(true)
})
