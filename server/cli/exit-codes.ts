/** What the exit code of `sluice-server` says: one table for the program, its help and its tests. */
import { SluiceError } from '../../common/errors.ts'

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done; a server that was told to stop has stopped in order' },
  failed: { code: 1, meaning: 'something failed: the port is taken, the database or the disk does not work' },
  usage: { code: 2, meaning: 'the command line, the configuration or an account cannot be used as given' },
  'not-found': { code: 3, meaning: 'no such account' },
  exists: { code: 4, meaning: 'the file to write exists already' },
} as const

/** A second signal ends the server at once with this and the signal's number, as shells have it. */
export const SIGNAL_CODE = 128

export function exitCodeOf(error: unknown): number {
  const code = error instanceof SluiceError ? error.code : 'internal'
  if (code === 'bad-argument' || code === 'needs-answer') return EXIT_CODES.usage.code
  if (code === 'not-found') return EXIT_CODES['not-found'].code
  if (code === 'local-exists') return EXIT_CODES.exists.code
  return EXIT_CODES.failed.code
}
