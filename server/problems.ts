/** The last problems of a server, for whoever looks at its page. */
import { printableText } from '../common/safe-name.ts'
import type { ShareProblem } from '../common/share.ts'

const MOST = 5
/** Characters: more is for the log. */
const MAX_LENGTH = 500

export class RecentProblems {
  #all: ShareProblem[] = []

  /** The newest first. */
  list(): ShareProblem[] {
    return [...this.#all]
  }

  /** What is there already comes up again. @param time ms since the epoch */
  add(text: string, time = Date.now()): void {
    const message = printableText(text, MAX_LENGTH)
    const others = this.#all.filter((problem) => problem.message !== message)
    this.#all = [{ time, message }, ...others].slice(0, MOST)
  }
}
