/** Commands as a person types them, one after the other. */
import { join } from 'node:path'
import { toErrorData } from '../common/errors.ts'
import { historyFile, worthKeeping } from '../electron/services/command-history.ts'
import { commandsOn, type CommandEnd, type Console } from '../electron/services/console/index.ts'
import type { LineEditor } from './line-editor.ts'
import type { Screen } from './screen.ts'

/** In the data folder; the window keeps its own. */
const HISTORY_FILE = 'command-line-history.json'

export interface Typing {
  editor: LineEditor
  console: Console
  screen: Screen
  dataFolder: string
  /** Aborts when the whole run is to end. */
  stop: AbortSignal
  /** Ends the running command. */
  cancel(): void
  run(text: string): Promise<CommandEnd>
}

/** Reads and runs commands until one of them is `quit`, the input ends or `stop` aborts. */
export async function typeCommands(o: Typing): Promise<void> {
  const { editor, console, screen } = o
  const file = historyFile(join(o.dataFolder, HISTORY_FILE))
  await recall(file, o)
  editor.keyboard.onInterrupt = o.cancel
  editor.keyboard.hold()
  try {
    let leaving = false
    while (!leaving && !o.stop.aborted) {
      const read = await editor.readCommand(
        {
          prompt: console.prompt(),
          history: console.history(),
          complete: (line, cursor) => console.complete(line, cursor),
        },
        o.stop,
      )
      if (read === 'ended') break
      if (read === 'left') screen.tell('muted', 'To leave, type quit or press Ctrl-D.')
      else if (typeof read === 'object') leaving = await runTyped(read.line, o)
    }
  } finally {
    editor.keyboard.release()
    try {
      await file.write(worthKeeping(console.history()))
    } catch (error) {
      screen.tell('warn', toErrorData(error).message)
    }
  }
}

/** What was typed in earlier runs comes before what this one has done already. */
async function recall(file: ReturnType<typeof historyFile>, { console, screen }: Typing): Promise<void> {
  try {
    const { value } = await file.read()
    console.useHistory([...value, ...console.history()])
  } catch (error) {
    screen.tell('warn', toErrorData(error).message)
  }
}

/**
 * Runs the commands of one line until one fails; true when the program is to end. One by one, though the console would
 * take the whole line: before each it is seen whether it needs the scanner, and one before it may have switched that on.
 */
async function runTyped(line: string, { run }: Typing): Promise<boolean> {
  for (const text of commandsOn(line)) {
    const { outcome, quit } = await run(text)
    if (quit) return true
    if (outcome !== 'ok') break
  }
  return false
}
