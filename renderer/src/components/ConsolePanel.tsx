import { Copy, Eraser } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { call } from '../api.ts'
import { plural } from '../../../common/format.ts'
import { logText } from '../lib/line-log.ts'
import { cancelConsole, clearConsole, isRunning, loadConsole, useConsole } from '../state/console.ts'
import { report, toast } from '../state/ui.ts'
import { AnswerLine, CommandLine } from './ConsoleInput.tsx'
import { ConsoleOutput } from './ConsoleOutput.tsx'
import './ConsolePanel.css'
import { ConsoleProgress } from './ConsoleProgress.tsx'
import { IconButton } from './IconButton.tsx'

/** The keys of terminals work anywhere in the panel. */
function onKeyDown(event: KeyboardEvent): void {
  if (!event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
  if (event.key === 'l') {
    event.preventDefault()
    clearConsole()
  } else if (event.key === 'c' && !hasSelection()) {
    event.preventDefault()
    if (isRunning(useConsole.getState())) cancelConsole()
  }
}

/** Selected text is copied by Ctrl+C as everywhere; in a field the page does not see it. */
function hasSelection(): boolean {
  const field = document.activeElement
  if (field instanceof HTMLInputElement && field.selectionStart !== field.selectionEnd) return true
  return window.getSelection()?.isCollapsed === false
}

function copyAll(): void {
  const { log } = useConsole.getState()
  // The clipboard takes a million characters: the newest ones.
  report(
    call('clipboard.write', logText(log).slice(-1_000_000)).then(() => toast(`${plural(log.count, 'line')} copied.`)),
  )
}

/** Commands by keyboard, on the same session, queue and scanner as everything else in the window. */
export function ConsolePanel() {
  const error = useConsole((s) => s.error)
  const question = useConsole((s) => s.state.question)
  const progress = useConsole((s) => s.state.progress)
  const empty = useConsole((s) => s.log.count === 0)
  const output = useRef<HTMLDivElement>(null)
  useEffect(() => void loadConsole(), [])

  if (error) {
    return (
      <div className="table-note" role="alert">
        <h3>The console could not be opened</h3>
        <p className="selectable">{error.message}</p>
        <button type="button" className="button" onClick={() => void loadConsole()}>
          Retry
        </button>
      </div>
    )
  }
  return (
    <div className="console" role="group" aria-label="Console" onKeyDown={onKeyDown}>
      <div className="tab-tools">
        <IconButton small icon={Copy} label="Copy" hint="Copy everything" disabled={empty} onClick={copyAll} />
        <IconButton small icon={Eraser} label="Clear" hint="Clear (Ctrl+L)" disabled={empty} onClick={clearConsole} />
      </div>
      <ConsoleOutput element={output} />
      {progress && <ConsoleProgress progress={progress} />}
      {question ? <AnswerLine key={question.text} question={question} /> : <CommandLine output={output} />}
    </div>
  )
}
