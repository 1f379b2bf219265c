import { expect, test, vi } from 'vitest'
import { commandLineOf } from './command-line.ts'

vi.mock('electron', () => ({ app: {}, utilityProcess: {} }))

test('the app is a command line only when it is told so', () => {
  expect(commandLineOf(['/opt/Sluice/sluice-desktop'])).toBeNull()
  expect(commandLineOf(['/opt/Sluice/sluice-desktop', '--cli'])).toEqual({ program: 'sluice', args: [] })
  expect(commandLineOf(['/opt/Sluice/sluice-desktop', '--server'])).toEqual({ program: 'sluice-server', args: [] })
})

test('what follows is the command line, with "--" or without', () => {
  const ascii = ['app', '--ozone-platform=headless', '--cli', '--', '--type', 'ascii']
  expect(commandLineOf(ascii)?.args).toEqual(['--type', 'ascii'])
  expect(commandLineOf(['electron', '.', '--cli', 'ls', '--', '-x'])?.args).toEqual(['ls', '--', '-x'])
  expect(commandLineOf(['electron', '.', '--server', '--', '--cli'])).toEqual({
    program: 'sluice-server',
    args: ['--cli'],
  })
})

test('a file of that name does not make the app a command line', () => {
  expect(commandLineOf(['app', '--', '--cli'])).toBeNull()
  expect(commandLineOf(['app', '--', '--server'])).toBeNull()
})
