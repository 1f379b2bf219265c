import { beforeEach, expect, test, vi } from 'vitest'
import type { ConsoleState } from '../../../common/console.ts'
import { EMPTY_LOG, logText } from '../lib/line-log.ts'
import {
  answerConsole,
  clearConsole,
  completeLine,
  loadConsole,
  openConsole,
  runLine,
  setLine,
  takeConsoleLines,
  takeConsoleState,
  useConsole,
} from './console.ts'
import { useUi } from './ui.ts'

const idle: ConsoleState = { prompt: '> ', running: null, question: null, progress: null, history: [] }
/** What main was asked for, and how it answers. */
let calls: unknown[][] = []
let answers: Record<string, () => unknown> = {}

beforeEach(() => {
  calls = []
  answers = {
    'console.open': () => ({ ok: true, value: { lines: [{ text: 'before', tone: 'normal' }], state: idle } }),
  }
  const invoke = (...call: [string, ...unknown[]]): Promise<unknown> => {
    calls.push(call)
    return Promise.resolve(answers[call[0]]?.() ?? { ok: true })
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  useConsole.setState({ stage: 'closed', error: null, log: EMPTY_LOG, state: idle, line: '', sending: false })
})

const shown = (): string => logText(useConsole.getState().log)

test('the output so far comes once, then events go on', async () => {
  takeConsoleLines([{ text: 'part of the answer', tone: 'normal' }])
  await Promise.all([loadConsole(), loadConsole()])
  takeConsoleLines([{ text: 'after', tone: 'good' }])
  expect(shown()).toBe('before\nafter')
  await loadConsole()
  expect(calls).toEqual([['console.open']])
})

test('a console that could not be opened says why and can be tried again', async () => {
  answers['console.open'] = () => ({ ok: false, error: { code: 'internal', message: 'No.' } })
  await loadConsole()
  expect(useConsole.getState().error?.message).toBe('No.')
  answers['console.open'] = () => ({ ok: true, value: { lines: [], state: idle } })
  await loadConsole()
  expect(useConsole.getState()).toMatchObject({ stage: 'open', error: null })
})

test('a flood of lines is not read out, what a command says is', async () => {
  await loadConsole()
  const lines = (count: number) => Array.from({ length: count }, () => ({ text: 'x', tone: 'normal' }) as const)
  takeConsoleLines(lines(500))
  expect(useConsole.getState().flooded).toBe(true)
  takeConsoleLines(lines(3))
  expect(useConsole.getState().flooded).toBe(false)
})

test('control characters are made visible, tabs stay', async () => {
  await loadConsole()
  takeConsoleLines([{ text: 'a\tb\u001b[2J', tone: 'reply' }])
  expect(shown()).toBe('before\na\tb⟨001B⟩[2J')
})

test('a file without line ends is cut, or its layout would stop the window', async () => {
  await loadConsole()
  clearConsole()
  takeConsoleLines([{ text: 'x'.repeat(4_000_000), tone: 'normal' }])
  expect(shown()).toMatch(/^x{20000}… \(3,980,000 characters more\)$/)
})

test('one command at a time; what is typed meanwhile waits in the line', async () => {
  await loadConsole()
  setLine('ls')
  runLine()
  expect(useConsole.getState().line).toBe('')
  setLine('pwd')
  runLine()
  expect(useConsole.getState().line).toBe('pwd')
  // The answer overtakes the state, which has the new prompt and history.
  await new Promise((done) => setTimeout(done))
  expect(useConsole.getState().sending).toBe(true)
  takeConsoleState({ ...idle, history: ['ls'] })
  expect(useConsole.getState()).toMatchObject({ sending: false, state: { history: ['ls'] } })
  // Main's word counts as well: somebody else may have begun one.
  takeConsoleState({ ...idle, running: 'ls' })
  runLine()
  expect(useConsole.getState().line).toBe('pwd')
  takeConsoleState(idle)
  runLine()
  setLine('   ')
  runLine()
  expect(calls.filter(([channel]) => channel === 'console.run')).toEqual([
    ['console.run', 'ls'],
    ['console.run', 'pwd'],
  ])
})

test('a command that main refused shows why', async () => {
  answers['console.run'] = () => ({ ok: false, error: { code: 'bad-argument', message: 'Another one runs.' } })
  setLine('ls')
  runLine()
  await vi.waitFor(() => expect(shown()).toContain('Another one runs.'))
  expect(useConsole.getState().sending).toBe(false)
})

test('an answer goes to main and is kept nowhere', async () => {
  await loadConsole()
  takeConsoleState({ ...idle, running: 'open h', question: { text: 'Password: ', hidden: true } })
  answerConsole('not-kept-anywhere')
  expect(calls.at(-1)).toEqual(['console.answer', 'not-kept-anywhere'])
  expect(JSON.stringify(useConsole.getState())).not.toContain('not-kept-anywhere')
})

test('the first Tab puts in what is certain, the second lists what is possible', async () => {
  await loadConsole()
  clearConsole()
  const completion = { from: 4, candidates: ['one.txt ', 'two.txt '], labels: ['one.txt', 'two.txt'] }
  answers['console.complete'] = () => ({ ok: true, value: completion })
  setLine('get ')
  expect(await completeLine(4, false, 80)).toBeNull()
  expect(shown()).toBe('')
  expect(await completeLine(4, true, 80)).toBeNull()
  expect(shown()).toBe('one.txt  two.txt')
  answers['console.complete'] = () => ({
    ok: true,
    value: { ...completion, candidates: ['one.txt '], labels: ['one.txt'] },
  })
  expect(await completeLine(4, false, 80)).toEqual({ line: 'get one.txt ', cursor: 12 })
})

test('a completion that comes too late changes nothing', async () => {
  answers['console.complete'] = () => ({ ok: true, value: { from: 0, candidates: ['ls '], labels: ['ls'] } })
  setLine('l')
  const late = completeLine(1, true, 80)
  setLine('lp')
  expect(await late).toBeNull()
})

test('opening it from elsewhere shows the tab and may type a command, which waits for Enter', () => {
  const { focus } = useConsole.getState()
  openConsole('find ')
  expect(useUi.getState().tab).toBe('console')
  expect(useConsole.getState()).toMatchObject({ line: 'find ', focus: focus + 1 })
  openConsole()
  expect(useConsole.getState().line).toBe('find ')
  expect(calls).toEqual([])
})
