/** The console: one line in, output and an outcome back. Plain Node; the window's panel and the command line use it. */
export { createConsole, type Console } from './console.ts'
export { withoutPasswords } from './history.ts'
export { outcomeOf } from './outcome.ts'
export { durationWords, entryData, entryLines, errorLine, line, linesOf, printable, Totals } from './output.ts'
export { hasPattern, literal, quoteWord, splitCommands } from './parse.ts'
export type {
  CommandContext,
  CommandEnd,
  ConsoleHost,
  ConsoleIo,
  ConsoleMemory,
  ConsoleOutput,
  Handler,
  Outcome,
} from './types.ts'
