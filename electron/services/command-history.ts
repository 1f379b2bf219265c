/** The commands that somebody typed, kept in a file from run to run: the window's and the terminal's. */
import { z } from 'zod'
import { JsonFile } from './json-file.ts'

/** Commands kept. */
const HISTORY_LIMIT = 500
/** Characters of a command worth keeping: in the window all of them travel with every state. */
const COMMAND_LIMIT = 2_000

const historySchema = z.array(z.string().max(100_000))

/**
 * Where commands are kept, oldest first; empty at first.
 * @param file absolute path; its folder is made when needed
 */
export function historyFile(file: string): JsonFile<string[]> {
  return new JsonFile<string[]>(file, historySchema, () => [])
}

/** The commands that are kept, of all that were given. */
export function worthKeeping(commands: readonly string[]): string[] {
  return commands.filter(({ length }) => length <= COMMAND_LIMIT).slice(-HISTORY_LIMIT)
}
