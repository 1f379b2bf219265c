import { expect, test } from 'vitest'
import { joinLocal, localBasename, localCrumbs, localParent, slashCrumbs } from './local-path.ts'

test('joins with the separator of the folder', () => {
  expect(joinLocal('/home/ada', 'x')).toBe('/home/ada/x')
  expect(joinLocal('/', 'x')).toBe('/x')
  expect(joinLocal('/odd\\', 'x')).toBe('/odd\\/x')
  expect(joinLocal('C:\\', 'x')).toBe('C:\\x')
  expect(joinLocal('C:\\Users', 'x')).toBe('C:\\Users\\x')
})

test('crumbs of a POSIX path start at the root', () => {
  expect(slashCrumbs('/home/ada/')).toEqual([
    { label: '/', path: '/' },
    { label: 'home', path: '/home' },
    { label: 'ada', path: '/home/ada' },
  ])
})

test('crumbs of Windows paths keep the drive or the share together', () => {
  expect(localCrumbs('C:\\Users\\Ada').map((c) => c.path)).toEqual(['C:\\', 'C:\\Users', 'C:\\Users\\Ada'])
  expect(localCrumbs('\\\\nas\\media\\films').map((c) => c.label)).toEqual(['\\\\nas\\media', 'films'])
})

test('the parent of a root is the root', () => {
  expect(localParent('/')).toBe('/')
  expect(localParent('/home')).toBe('/')
  expect(localParent('C:\\')).toBe('C:\\')
  expect(localParent('C:\\Users')).toBe('C:\\')
  expect(localBasename('/home/ada')).toBe('ada')
})
