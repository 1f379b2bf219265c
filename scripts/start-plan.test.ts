import { expect, test } from 'vitest'
import { displayProblem, planStart, type Circumstances } from './start-plan.ts'

const desktop: Circumstances = {
  platform: 'linux',
  env: { DISPLAY: ':0' },
  isRoot: false,
  electron: '/e/electron',
  whyNoElectron: '',
  browser: '/usr/bin/chromium',
  node: '/n/node',
  repository: '/repo',
  args: ['--flag'],
}
const without = { electron: null, whyNoElectron: 'getaddrinfo ENOTFOUND' }

function plan(changes: Partial<Circumstances>) {
  const result = planStart({ ...desktop, ...changes })
  if (result.problem !== null) throw new Error(result.problem)
  return result
}

test('Electron is run when it is there, with the arguments of the user', () => {
  expect(plan({})).toMatchObject({ command: '/e/electron', args: ['/repo', '--flag'], notes: [] })
})

test('root on Linux gets no sandbox, and is told so', () => {
  const { args, notes } = plan({ isRoot: true })
  expect(args).toEqual(['--no-sandbox', '/repo', '--flag'])
  expect(notes.join()).toContain('--no-sandbox')
  expect(plan({ isRoot: true, platform: 'darwin' }).args).toEqual(['/repo', '--flag'])
})

test('without Electron one line says why, and Node runs the browser shell', () => {
  const { command, args, env, notes } = plan(without)
  expect(command).toBe('/n/node')
  expect(args.slice(-3)).toEqual(['/repo/e2e/shell/boot.ts', '/repo', '--flag'])
  expect(env['SLUICE_BROWSER']).toBe('/usr/bin/chromium')
  expect(notes).toHaveLength(1)
  expect(notes[0]).toContain('getaddrinfo ENOTFOUND')
})

test('SLUICE_SHELL=1 and SLUICE_HEADLESS=1 ask for the shell although Electron is there', () => {
  expect(plan({ env: { DISPLAY: ':0', SLUICE_SHELL: '1' } }).command).toBe('/n/node')
  expect(plan({ env: { SLUICE_HEADLESS: '1' } }).command).toBe('/n/node')
})

test('neither Electron nor a browser: says what to install', () => {
  expect(planStart({ ...desktop, ...without, browser: null }).problem).toMatch(
    /Chromium, Chrome or Edge.*SLUICE_BROWSER/,
  )
})

test('no display is said plainly on Linux, and is no matter elsewhere', () => {
  expect(displayProblem('linux', {})).toMatch(/no display.*xvfb-run.*SLUICE_HEADLESS=1/i)
  expect(displayProblem('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBeNull()
  expect(displayProblem('linux', { SLUICE_HEADLESS: '1' })).toBeNull()
  expect(displayProblem('darwin', {})).toBeNull()
})
