/** One listing a side at a time: asking for the next folder stops the listing of the one before. */
import { SluiceError } from '../../common/errors.ts'
import type { Side } from '../../common/models.ts'

export class Listings {
  readonly #running = new Map<Side, AbortController>()

  /** Runs `list` and aborts it when another listing of the same side begins. @throws SluiceError cancelled then */
  async run<T>(side: Side, list: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#running.get(side)?.abort(new SluiceError('cancelled', 'Another folder was opened.'))
    const own = new AbortController()
    this.#running.set(side, own)
    try {
      return await list(own.signal)
    } finally {
      if (this.#running.get(side) === own) this.#running.delete(side)
    }
  }
}
