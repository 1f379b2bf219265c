import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { AppEvent } from '../../common/ipc.ts'
import type { ConsoleLine, ConsoleState } from '../../common/console.ts'
import { SluiceError } from '../../common/errors.ts'
import { ConsolePanel, openConsolePanel, type PanelDeps } from './console-panel.ts'
import type { CommandEnd, Console, ConsoleHost, ConsoleIo } from './console/index.ts'

type Command = (io: ConsoleIo, signal: AbortSignal) => Promise<void | CommandEnd>

const progressOf = (done: number) => ({ label: 'a', done, total: 100, rate: null })

afterEach(() => {
  vi.useRealTimers()
})

/** A panel over a console whose commands are the given ones. */
function panelWith(commands: Record<string, Command>, deps: Partial<PanelDeps> = {}) {
  const lines: ConsoleLine[] = []
  const states: ConsoleState[] = []
  const saved: string[][] = []
  const quit = vi.fn()
  let history: string[] = []
  const panel = new ConsolePanel({
    createConsole: (io): Console => ({
      memory: { verbose: false, history: [] },
      prompt: () => '/> ',
      history: () => history,
      useHistory: (before) => {
        history = [...before]
      },
      complete: async () => ({ from: 0, candidates: ['ls '], labels: ['ls'] }),
      run: async (text, signal) => {
        history = [...history, text]
        return (await commands[text]?.(io, signal)) ?? { outcome: 'ok', quit: false }
      },
    }),
    history: [],
    saveHistory: async (kept) => void saved.push(kept),
    onLines: (added) => lines.push(...added),
    onState: (state) => states.push(state),
    unfinished: () => 0,
    quit,
    ...deps,
  })
  onTestFinished(() => panel.dispose())
  return { panel, lines, states, saved, quit, texts: () => lines.map(({ text }) => text) }
}

const asks =
  (text: string, hidden: boolean, then: (answer: string) => void = () => undefined): Command =>
  async (io, signal) =>
    then(await io.ask({ text, hidden }, signal))

test('echoes a command, shows its output, and says what runs', async () => {
  const { panel, lines, states } = panelWith({
    ls: async (io) => io.write({ lines: [{ text: 'a.txt', tone: 'normal' }] }),
  })
  await panel.run('ls')
  expect(lines).toEqual([
    { text: '/> ls', tone: 'command' },
    { text: 'a.txt', tone: 'normal' },
  ])
  expect(panel.open()).toEqual({ lines, state: states.at(-1) })
  expect(states.map(({ running }) => running)).toEqual(['ls', null])
  expect(states.at(-1)?.history).toEqual(['ls'])
  expect(await panel.complete('l', 1)).toMatchObject({ candidates: ['ls '] })
})

test('one command at a time; cancel ends the running one', async () => {
  const { panel, states } = panelWith({
    wait: (_io, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  })
  const running = panel.run('wait')
  await expect(panel.run('ls')).rejects.toMatchObject({ code: 'bad-argument' })
  panel.cancel()
  await running
  expect(states.at(-1)).toMatchObject({ running: null })
  panel.cancel()
})

test('a question waits for its answer; what is typed is shown', async () => {
  const answers: string[] = []
  const { panel, states, texts } = panelWith({ rm: asks('Sure? ', false, (answer) => answers.push(answer)) })
  const running = panel.run('rm')
  expect(states.at(-1)).toMatchObject({ running: 'rm', question: { text: 'Sure? ', hidden: false } })
  panel.answer('y')
  await running
  expect(answers).toEqual(['y'])
  expect(texts()).toEqual(['/> rm', 'Sure? y'])
  expect(states.at(-1)).toMatchObject({ question: null })
  panel.answer('nobody asked')
  expect(texts()).toHaveLength(2)
})

test('a password is nowhere: not shown, not kept, not in any state', async () => {
  let got = ''
  const { panel, lines, states, saved } = panelWith({ open: asks('Password: ', true, (answer) => (got = answer)) })
  const running = panel.run('open')
  panel.answer('secret-one')
  await running
  await panel.run('open ftp://me:secret-two@files.test/')
  expect(got).toBe('secret-one')
  expect(lines).toContainEqual({ text: 'Password: ', tone: 'command' })
  expect(JSON.stringify([lines, states.map(({ running: now, question }) => [now, question])])).not.toContain('secret')
  expect(JSON.stringify(saved)).not.toContain('secret-one')
})

test('a question goes with its command', async () => {
  const { panel, states } = panelWith({
    rm: (io, signal) =>
      asks('Sure? ', false)(io, signal).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'cancelled' })
      }),
  })
  const running = panel.run('rm')
  panel.cancel()
  await running
  expect(states.at(-1)).toMatchObject({ running: null, question: null })
})

test('progress is told at most ten times a second and is gone with the command', async () => {
  vi.useFakeTimers()
  let end: () => void = () => undefined
  const { panel, states } = panelWith({
    get: async (io) => {
      for (let done = 0; done < 50; done++) io.progress(progressOf(done))
      vi.advanceTimersByTime(100)
      for (let done = 50; done <= 100; done++) io.progress(progressOf(done))
      await new Promise<void>((resolve) => (end = resolve))
    },
  })
  const running = panel.run('get')
  vi.advanceTimersByTime(1000)
  expect(states.map(({ progress }) => progress?.done ?? null)).toEqual([null, 49, 100])
  end()
  await running
  expect(states.at(-1)).toMatchObject({ progress: null })
  expect(vi.getTimerCount()).toBe(0)
})

test('keeps the last 10,000 lines', async () => {
  const { panel } = panelWith({
    find: async (io) => {
      for (let i = 0; i < 25_000; i++) io.write({ lines: [{ text: String(i), tone: 'normal' }] })
    },
  })
  await panel.run('find')
  const { lines } = panel.open()
  expect(lines).toHaveLength(10_000)
  expect(lines.at(-1)?.text).toBe('24999')
})

test('typed control characters are shown, not obeyed', async () => {
  const { panel, texts } = panelWith({})
  await panel.run('ls \u001B[31m')
  expect(texts().join('')).not.toContain('\u001B')
})

test('a command as long as a book is run, but not kept', async () => {
  const { panel, states, saved } = panelWith({})
  await panel.run(`mput ${'x'.repeat(50_000)}`)
  await panel.run('ls')
  expect(states.at(-1)?.history).toEqual(['ls'])
  expect(saved).toEqual([['ls']])
})

const quits: Command = async () => ({ outcome: 'ok', quit: true })

test('quit ends the program', async () => {
  const { panel, quit } = panelWith({ quit: quits })
  await panel.run('quit')
  expect(quit).toHaveBeenCalledTimes(1)
})

test.each([
  ['y', 1],
  ['no', 0],
  ['', 0],
])('quit asks while files are on their way: %j', async (answer, times) => {
  const { panel, quit, states } = panelWith({ quit: quits }, { unfinished: () => 2 })
  const running = panel.run('quit')
  await vi.waitFor(() => expect(states.at(-1)?.question?.text).toMatch(/^2 transfers have not ended/))
  panel.answer(answer)
  await running
  expect(quit).toHaveBeenCalledTimes(times)
})

test('quit that is cancelled quits nothing', async () => {
  const { panel, quit, states } = panelWith({ quit: quits }, { unfinished: () => 1 })
  const running = panel.run('quit')
  await vi.waitFor(() => expect(states.at(-1)?.question).not.toBeNull())
  panel.cancel()
  await running
  expect(quit).not.toHaveBeenCalled()
})

test('a history that cannot be kept is told, and the command has ended all the same', async () => {
  const saveHistory = (): Promise<void> => Promise.reject(new SluiceError('local-io', 'The disk is full.'))
  const { panel, texts, states } = panelWith({}, { saveHistory })
  await panel.run('ls')
  expect(texts()).toEqual(['/> ls', 'The disk is full.'])
  expect(states.at(-1)).toMatchObject({ running: null, history: ['ls'] })
})

test('the app’s panel keeps its history from run to run, at most 500 commands and no password', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-panel-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const historyFile = join(folder, 'history.json')
  await writeFile(historyFile, JSON.stringify(Array.from({ length: 600 }, (_, i) => `help ${i}`)))
  const events: AppEvent[] = []
  // Only what "help" and the prompt look at.
  const host = {
    session: { state: { state: 'disconnected', error: null } },
    gate: { policy: () => ({ upload: true, download: true }) },
    transfers: { totals: () => ({ queued: 0, active: 0, done: 0, blocked: 0, failed: 0 }) },
    folders: { get: () => ({ local: '/', remote: null }) },
    verbose: false,
  } as unknown as ConsoleHost
  const open = () =>
    openConsolePanel({ host, historyFile, events: { emit: (event) => events.push(event) }, quit: vi.fn() })
  const panel = await open()
  await panel.run('help ftp://me:geheim@files.test/')
  const { history } = (await open()).open().state
  expect(history).toHaveLength(500)
  expect(history.at(-2)).toBe('help 599')
  expect(history.at(-1)).toMatch(/^help ftp:\/\/me@?/)
  expect(await readFile(historyFile, 'utf8')).not.toContain('geheim')
  expect(JSON.stringify(events)).not.toContain('geheim')
  expect(events.map(({ type }) => type)).toContain('console-state')
})

test('the app’s panel asks before it ends transfers, and leaves the window’s list of them alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-panel-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const events: AppEvent[] = []
  // Only what "quit" and the prompt look at. What the window is told begins anew with every `list`.
  const list = vi.fn(() => ({ rows: [], totals: { queued: 1, active: 1 } }))
  const host = {
    session: { state: { state: 'disconnected', error: null } },
    gate: { policy: () => ({ upload: true, download: true }) },
    transfers: { list, totals: () => ({ queued: 1, active: 1 }) },
    folders: { get: () => ({ local: '/', remote: null }) },
    log: { onLine: () => () => undefined },
    verbose: false,
  } as unknown as ConsoleHost
  const quit = vi.fn()
  const historyFile = join(folder, 'history.json')
  const panel = await openConsolePanel({ host, historyFile, events: { emit: (event) => events.push(event) }, quit })
  const running = panel.run('quit')
  await vi.waitFor(() =>
    expect(panel.open()).toMatchObject({ state: { question: { text: expect.stringMatching(/2 transfers/) } } }),
  )
  panel.answer('n')
  await running
  expect(quit).not.toHaveBeenCalled()
  expect(list).not.toHaveBeenCalled()
})
