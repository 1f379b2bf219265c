/** The console: one line in, output and an outcome back. Plain Node; the window's panel and the command line use it. */
export { createConsole, type Console } from './console.ts'
export { withoutPasswords } from './history.ts'
export { outcomeOf } from './outcome.ts'
export { errorLine, line, printable } from './output.ts'
export { commandsOn, literal, quoteWord, splitCommands } from './parse.ts'
export type { CommandEnd, ConsoleHost, ConsoleIo, ConsoleOutput, Outcome } from './types.ts'
