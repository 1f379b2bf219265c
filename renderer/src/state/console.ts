import { create } from 'zustand'
import type { ConsoleLine, ConsoleState } from '../../../common/console.ts'
import type { ErrorData } from '../../../common/errors.ts'
import { call, shownError } from '../api.ts'
import { complete, inColumns, type CompletedLine } from '../lib/command-line.ts'
import { formatCount } from '../../../common/format.ts'
import { EMPTY_LOG, appendLines, type LineLog } from '../lib/line-log.ts'
import { visibleName } from '../lib/names.ts'
import { report, showTab } from './ui.ts'

/** The console panel's side of main's console: its output, its state, and the line being typed. */

interface ConsoleSlice {
  /** `closed` until the panel is first shown: nothing is asked of main before. */
  stage: 'closed' | 'opening' | 'open'
  /** Why it could not be opened; null while it could. */
  error: ErrorData | null
  log: LineLog
  /** The newest lines came in such a number that nobody wants to hear them read out. */
  flooded: boolean
  state: ConsoleState
  /** The command being typed. Answers are never kept here: they may be passwords. */
  line: string
  /** A command was sent, and that it ended is not known yet. */
  sending: boolean
  /** Counts up when the input should take the focus. */
  focus: number
}

export const useConsole = create<ConsoleSlice>()(() => ({
  stage: 'closed',
  error: null,
  log: EMPTY_LOG,
  flooded: false,
  state: { prompt: '> ', running: null, question: null, progress: null, history: [] },
  line: '',
  sending: false,
  focus: 0,
}))

/** Most lines at once that are read out: a file of a thousand lines would be read for minutes. */
const MOST_SPOKEN = 40

/** Most characters of a line that are shown: laying out a file without line ends would stop the window. */
const MOST_CHARACTERS = 20_000

/** Main has made the text printable; tabs stay, since files and replies are laid out with them. */
const shown = (lines: readonly ConsoleLine[]): ConsoleLine[] =>
  lines.map((line) => ({ ...line, text: shortened(line.text).split('\t').map(visibleName).join('\t') }))

function shortened(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text
  return `${text.slice(0, MOST_CHARACTERS)}… (${formatCount(text.length - MOST_CHARACTERS)} characters more)`
}

/** Fetches what the console said so far; does nothing when that was done before. */
export async function loadConsole(): Promise<void> {
  if (useConsole.getState().stage !== 'closed') return
  useConsole.setState({ stage: 'opening', error: null })
  try {
    const { lines, state } = await call('console.open')
    useConsole.setState({ stage: 'open', log: appendLines(EMPTY_LOG, shown(lines)), state })
  } catch (error) {
    useConsole.setState({ stage: 'closed', error: shownError(error) })
  }
}

export function takeConsoleLines(lines: readonly ConsoleLine[]): void {
  // What comes before the console was opened is part of main's answer then.
  useConsole.setState(({ stage, log }) =>
    stage === 'open' ? { log: appendLines(log, shown(lines)), flooded: lines.length > MOST_SPOKEN } : {},
  )
}

export function takeConsoleState(state: ConsoleState): void {
  useConsole.setState(({ stage }) => (stage === 'open' ? { state } : {}))
  if (state.running === null) ended('told')
}

/** The command sent last: both main's answer and the state after it have to be here before the next one. */
const command = { answered: false, told: false }

/** Else what follows at once would see a prompt and a history that are older than the command. */
function ended(how: keyof typeof command): void {
  command[how] = true
  if (command.answered && command.told) useConsole.setState({ sending: false })
}

/** Shows the console with the input focused. @param prefill a command to begin with, not run yet */
export function openConsole(prefill?: string): void {
  showTab('console')
  useConsole.setState(({ focus, line }) => ({ focus: focus + 1, line: prefill ?? line }))
}

export const setLine = (line: string): void => useConsole.setState({ line })

export const isRunning = ({ sending, state }: Pick<ConsoleSlice, 'sending' | 'state'>): boolean =>
  sending || state.running !== null

/** Runs what was typed. While a command runs, it stays in the line. */
export function runLine(): void {
  const now = useConsole.getState()
  if (isRunning(now) || now.line.trim() === '') return
  useConsole.setState({ line: '', sending: true })
  Object.assign(command, { answered: false, told: false })
  call('console.run', now.line)
    .then(() => ended('answered'))
    .catch((error: unknown) => {
      say([{ text: shownError(error).message, tone: 'bad' }])
      useConsole.setState({ sending: false })
    })
}

/** @param answer may be a password: it goes to main and nowhere else */
export function answerConsole(answer: string): void {
  report(call('console.answer', answer))
}

export function cancelConsole(): void {
  report(call('console.cancel'))
}

/** Empties the view. */
export function clearConsole(): void {
  useConsole.setState(({ log }) => ({ log: { ...EMPTY_LOG, next: log.next } }))
}

/** Adds lines of the panel's own. */
function say(lines: readonly ConsoleLine[]): void {
  useConsole.setState(({ log }) => ({ log: appendLines(log, shown(lines)) }))
}

/**
 * The Tab key: finds what is certain to come next, else lists what is possible where `list` says so.
 * @param width characters that fit a line of the output
 * @returns the line as it should be now; null when it stays as it is
 */
export async function completeLine(cursor: number, list: boolean, width: number): Promise<CompletedLine | null> {
  const { line } = useConsole.getState()
  const completion = await call('console.complete', { line, cursor })
  // Somebody typed on meanwhile.
  if (useConsole.getState().line !== line) return null
  const completed = complete(line, cursor, completion)
  if (!completed && list && completion.labels.length > 1) {
    say(inColumns(completion.labels, width).map((text) => ({ text, tone: 'muted' })))
  }
  return completed
}
