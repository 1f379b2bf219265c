import { expect, test } from 'vitest'
import { dataFolder } from './data-folder.ts'
import { testOnPosix } from '../testing/test-unless.ts'

testOnPosix('the folder is the one that Electron uses', () => {
  expect(dataFolder({}, 'linux', '/home/ann')).toBe('/home/ann/.config/Sluice')
  expect(dataFolder({ XDG_CONFIG_HOME: '/cfg' }, 'linux', '/home/ann')).toBe('/cfg/Sluice')
  expect(dataFolder({ XDG_CONFIG_HOME: 'cfg' }, 'linux', '/home/ann')).toBe('/home/ann/.config/Sluice')
  expect(dataFolder({}, 'darwin', '/Users/ann')).toBe('/Users/ann/Library/Application Support/Sluice')
})

test('a variable names another', () => {
  expect(dataFolder({ SLUICE_DATA: '/elsewhere', XDG_CONFIG_HOME: '/cfg' }, 'linux')).toMatch(/elsewhere$/)
})
