import { CircleQuestionMark, KeyRound, LoaderCircle, Square } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import type { ConsoleQuestion } from '../../../common/console.ts'
import { pastedLine, recall, shortPrompt, type Recall } from '../lib/command-line.ts'
import { isFocusFree } from '../lib/focus.ts'
import { visibleName } from '../lib/names.ts'
import {
  answerConsole,
  cancelConsole,
  completeLine,
  isRunning,
  runLine,
  setLine,
  useConsole,
} from '../state/console.ts'
import { report } from '../state/ui.ts'

/** Pixels that a character of the output is wide. */
const CHARACTER = 7.3

/** Wishes for the focus that were granted. */
let granted = 0

/** Takes the focus when somebody asked for it, and when the line that had it was replaced by this one. */
function useLineFocus(field: RefObject<HTMLInputElement | null>): void {
  const wanted = useConsole((s) => s.focus)
  useEffect(() => {
    if (wanted > granted || isFocusFree()) field.current?.focus()
    granted = wanted
  }, [field, wanted])
}

/** Pressed alone and not part of composing a character; Shift+Tab leaves the field. */
const isAlone = (event: KeyboardEvent): boolean =>
  !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey && !event.nativeEvent.isComposing

interface CommandLineProps {
  /** Where the output is, whose width lists of candidates must fit. */
  output: RefObject<HTMLDivElement | null>
}

/** The line commands are typed in. */
export function CommandLine({ output }: CommandLineProps) {
  const line = useConsole((s) => s.line)
  const prompt = useConsole((s) => s.state.prompt)
  const running = useConsole((s) => s.state.running)
  const busy = useConsole(isRunning)
  const field = useRef<HTMLInputElement>(null)
  /** Where the caret goes when the line was changed by a key of ours. */
  const caret = useRef<number | null>(null)
  const recalled = useRef<Recall | null>(null)
  /** The key before was Tab as well: its candidates are to be listed. */
  const tabbed = useRef(false)
  useLineFocus(field)
  useLayoutEffect(() => {
    if (caret.current !== null) field.current?.setSelectionRange(caret.current, caret.current)
    caret.current = null
  })

  const step = (by: 1 | -1): void => {
    const found = recall(useConsole.getState().state.history, recalled.current, line, by)
    if (!found) return
    recalled.current = found.recall
    caret.current = found.line.length
    setLine(found.line)
  }
  const onTab = (): void => {
    const list = tabbed.current
    tabbed.current = true
    const cursor = field.current?.selectionStart ?? line.length
    const width = Math.floor(((output.current?.clientWidth ?? 0) - 40) / CHARACTER)
    report(
      completeLine(cursor, list, width).then((completed) => {
        if (!completed) return
        caret.current = completed.cursor
        setLine(completed.line)
      }),
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Shift') return
    const isTab = event.key === 'Tab' && isAlone(event)
    if (!isTab) tabbed.current = false
    if (event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey && event.key === 'u') {
      // As in a terminal: away with all before the cursor.
      event.preventDefault()
      recalled.current = null
      caret.current = 0
      setLine(line.slice(field.current?.selectionStart ?? line.length))
    }
    if (!isAlone(event)) return
    if (event.key === 'Enter') {
      recalled.current = null
      runLine()
    } else if (event.key === 'ArrowUp') step(-1)
    else if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'Escape') {
      recalled.current = null
      setLine('')
    } else if (isTab && line !== '') onTab()
    // With nothing typed, Tab goes on to the next control as everywhere.
    else return
    event.preventDefault()
  }
  return (
    <Line
      lead={
        busy ? (
          <LoaderCircle size={14} className="turning tone-busy" aria-hidden />
        ) : (
          <span id="console-prompt" className="console-prompt" title={visibleName(prompt)}>
            {shortPrompt(visibleName(prompt))}
          </span>
        )
      }
      busy={busy}
    >
      <input
        ref={field}
        className="console-field"
        data-focus-region="bottom"
        aria-label="Console command"
        aria-describedby={busy ? undefined : 'console-prompt'}
        placeholder={running === null ? '' : `${visibleName(running)} runs…`}
        value={line}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onKeyDown={onKeyDown}
        onChange={(event) => {
          recalled.current = null
          setLine(event.target.value)
        }}
        onPaste={(event) => {
          const text = event.clipboardData.getData('text/plain')
          if (!/[\r\n]/.test(text)) return
          event.preventDefault()
          const { selectionStart, selectionEnd } = event.currentTarget
          const put = pastedLine(text)
          const start = selectionStart ?? line.length
          caret.current = start + put.length
          setLine(line.slice(0, start) + put + line.slice(selectionEnd ?? start))
        }}
      />
    </Line>
  )
}

/**
 * The same line while the running command asks. What is typed may be a password: the field is the browser's own, so that
 * it stands neither in our state nor in the page's text.
 */
export function AnswerLine({ question }: { question: ConsoleQuestion }) {
  const field = useRef<HTMLInputElement>(null)
  useLineFocus(field)
  const Icon = question.hidden ? KeyRound : CircleQuestionMark
  return (
    <Line asks lead={<Icon size={14} className="tone-busy" aria-hidden />} busy>
      <label htmlFor="console-answer">{visibleName(question.text).trimEnd()}</label>
      <input
        ref={field}
        id="console-answer"
        className="console-field"
        data-focus-region="bottom"
        type={question.hidden ? 'password' : 'text'}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onKeyDown={(event) => {
          if (!isAlone(event)) return
          if (event.key === 'Enter') {
            const { value } = event.currentTarget
            event.currentTarget.value = ''
            answerConsole(value)
          } else if (event.key === 'Escape') event.currentTarget.value = ''
          else return
          event.preventDefault()
        }}
      />
    </Line>
  )
}

interface LineProps {
  /** Stands before the field. */
  lead: ReactNode
  busy: boolean
  asks?: boolean
  children: ReactNode
}

function Line({ lead, busy, asks = false, children }: LineProps) {
  return (
    <div className={`console-line ${asks ? 'asks' : ''}`}>
      {lead}
      {children}
      {busy && (
        <button type="button" className="button small" title="Stop (Ctrl+C)" onClick={cancelConsole}>
          <Square size={12} aria-hidden />
          Stop
        </button>
      )}
    </div>
  )
}
