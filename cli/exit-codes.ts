/** What the program's exit code says. One table for the program, its help and its tests. */
import type { Outcome } from '../electron/services/console/index.ts'

/** Outcome -> exit code, and what it means. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'all went well' },
  failed: { code: 1, meaning: 'something failed' },
  usage: { code: 2, meaning: 'the command line or a command was not understood' },
  infected: { code: 3, meaning: 'a file was blocked: infected' },
  'scan-failed': { code: 4, meaning: 'a file was held back: it could not be scanned' },
  refused: { code: 5, meaning: 'the server refused (login, name, permission, space)' },
  partial: { code: 6, meaning: 'some files made it, some did not' },
  unreachable: { code: 7, meaning: 'no connection, or no safe one (TLS, certificate)' },
  cancelled: { code: 130, meaning: 'cancelled with Ctrl-C; 128 + n: ended by signal n' },
} as const satisfies Record<Outcome, { code: number; meaning: string }>

/** Worst first: what `--keep-going` answers with when several commands fail. */
const WORST_FIRST: readonly Outcome[] = [
  'cancelled',
  'infected',
  'scan-failed',
  'unreachable',
  'refused',
  'failed',
  'partial',
  'usage',
  'ok',
]

export function exitCode(outcome: Outcome): number {
  return EXIT_CODES[outcome].code
}

/** The worse of two outcomes. */
export function worse(a: Outcome, b: Outcome): Outcome {
  return WORST_FIRST.indexOf(a) <= WORST_FIRST.indexOf(b) ? a : b
}

/** The codes from worst to best, for the help. */
export const ORDER_OF_CODES = WORST_FIRST.map((outcome) => exitCode(outcome))
