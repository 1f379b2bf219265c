import { expect, test } from 'vitest'
import { browserCandidates, findBrowser } from '../find-browser.ts'

const machine = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, existing: string[]) =>
  findBrowser({ platform, env, isExecutable: (path) => existing.includes(path) })

test('SLUICE_BROWSER is taken at its word', () => {
  expect(machine('linux', { SLUICE_BROWSER: '/my/chrome', PATH: '/bin' }, ['/bin/chromium'])).toBe('/my/chrome')
})

test('Linux: by name on PATH, Chromium before the others, then the usual places', () => {
  const env = { PATH: '/a:/b::relative' }
  expect(machine('linux', env, ['/a/google-chrome', '/b/chromium'])).toBe('/b/chromium')
  expect(machine('linux', env, ['/snap/bin/chromium'])).toBe('/snap/bin/chromium')
  expect(machine('linux', env, [])).toBeNull()
  // A relative folder on PATH would make the result depend on where the program is started.
  expect(browserCandidates({ platform: 'linux', env }).every((path) => path.startsWith('/'))).toBe(true)
})

test('macOS: application bundles, also those of the user alone', () => {
  const chrome = '/Users/u/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  expect(machine('darwin', { HOME: '/Users/u', PATH: '/bin' }, [chrome, '/bin/chromium'])).toBe(chrome)
})

test('Windows: the program folders, Edge last', () => {
  const env = { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' }
  const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
  const chrome = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
  expect(machine('win32', env, [edge])).toBe(edge)
  expect(machine('win32', env, [edge, chrome])).toBe(chrome)
})
