/** Where the commands of a run without a person come from. */
import { access, constants, open, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { SluiceError } from '../common/errors.ts'
import { splitCommands } from '../electron/services/console/index.ts'
import { bad, unreadable } from './options.ts'

export interface ScriptCommand {
  text: string
  /** For people: "line 3 of upload.txt". */
  where: string
}

/** The commands of `-c`. @throws SluiceError bad-argument for a quote that is not closed */
export function commandsOf(texts: readonly string[]): ScriptCommand[] {
  return texts.flatMap(splitCommands).map((text, at) => ({ text, where: `command ${at + 1} of -c` }))
}

/**
 * The commands of a file, as they are reached; several on a line are parted by ";".
 * @param file a path, or "-" for `stdin`
 * @throws SluiceError bad-argument when the file cannot be read or a quote is not closed
 */
export async function* commandsIn(file: string, stdin: NodeJS.ReadableStream): AsyncGenerator<ScriptCommand> {
  const name = file === '-' ? 'the standard input' : file
  const input = file === '-' ? stdin : await openScript(file)
  const lines = createInterface({ input, crlfDelay: Infinity })
  let number = 0
  try {
    for await (const line of lines) {
      const where = `line ${++number} of ${name}`
      for (const text of splitLine(number === 1 ? line.replace(/^\uFEFF/, '') : line, where)) yield { text, where }
    }
  } finally {
    lines.close()
    input.pause()
  }
}

/**
 * What can be told of `-c` and `-f` before anything is done.
 * @param script null without `-f`
 * @throws SluiceError bad-argument for a quote in `-c` that is not closed, and for a file that cannot be read
 */
export async function refuseBadScript(commands: readonly string[], script: string | null): Promise<void> {
  commandsOf(commands)
  if (script === null || script === '-') return
  const found = await stat(script).catch((cause: unknown) => Promise.reject(unreadable(script, cause)))
  if (found.isDirectory()) throw bad(`${script} is a folder: -f takes a file of commands.`)
  await access(script, constants.R_OK).catch((cause: unknown) => Promise.reject(unreadable(script, cause)))
}

async function openScript(file: string): Promise<NodeJS.ReadableStream> {
  try {
    return (await open(file)).createReadStream({ encoding: 'utf8' })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function splitLine(line: string, where: string): string[] {
  try {
    return splitCommands(line)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    throw new SluiceError(error.code, `${where}: ${error.message}`, { cause: error })
  }
}

/** The items until `stop` aborts: a standard input that stays silent must not hold up the end. */
export async function* untilStopped<T>(items: Iterable<T> | AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const { promise: stopped, resolve } = Promise.withResolvers<{ done: true; value: undefined }>()
  const onStop = (): void => resolve({ done: true, value: undefined })
  stop.addEventListener('abort', onStop, { once: true })
  if (stop.aborted) onStop()
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), stopped])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    stop.removeEventListener('abort', onStop)
    // Not awaited: a generator that waits for its input ends with the input only.
    void iterator.return?.(undefined)
  }
}
