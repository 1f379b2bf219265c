import { expect, test, vi } from 'vitest'
import { commandLineArguments } from './command-line.ts'

vi.mock('electron', () => ({ app: {}, utilityProcess: {} }))

test('the app is a command line only when it is told so', () => {
  expect(commandLineArguments(['/opt/Sluice/sluice-desktop'])).toBeNull()
  expect(commandLineArguments(['/opt/Sluice/sluice-desktop', '--cli'])).toEqual([])
})

test('what follows is the command line, with "--" or without', () => {
  expect(commandLineArguments(['app', '--ozone-platform=headless', '--cli', '--', '--type', 'ascii'])).toEqual([
    '--type',
    'ascii',
  ])
  expect(commandLineArguments(['electron', '.', '--cli', 'ls', '--', '-x'])).toEqual(['ls', '--', '-x'])
})

test('a file of that name does not make the app a command line', () => {
  expect(commandLineArguments(['app', '--', '--cli'])).toBeNull()
})
