/** What the Tab key offers. */
import type { Completion } from '../../../common/console.ts'
import type { ConsoleHost } from './types.ts'

export class Completer {
  constructor(_host: ConsoleHost) {}
  forget(): void {}
  async complete(_line: string, cursor: number): Promise<Completion> {
    return { from: cursor, candidates: [], labels: [] }
  }
}
