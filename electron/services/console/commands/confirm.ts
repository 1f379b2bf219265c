/** Asks before each of several things while `prompt` is on: y, n, all or quit. */
import { SluiceError } from '../../../../common/errors.ts'
import { printable } from '../output.ts'
import type { CommandContext } from '../types.ts'

export type Consent = 'yes' | 'no' | 'quit'

/** Asks until somebody says "all". Where nobody can be asked, `prompt` counts as off: the script named the files itself. */
export class Confirmation {
  readonly #context: CommandContext
  #asks: boolean

  constructor(context: CommandContext) {
    this.#context = context
    this.#asks = context.interactive && context.host.settings.get().confirmSeveral
  }

  /** @param question without its question mark: `Delete a.txt` */
  async ask(question: string): Promise<Consent> {
    while (this.#asks) {
      const answer = (await this.#context.ask(`${printable(question)}? [y/n/all/quit]`)).trim().toLowerCase()
      if (['y', 'yes'].includes(answer)) return 'yes'
      if (['n', 'no', ''].includes(answer)) return 'no'
      if (['q', 'quit'].includes(answer)) return 'quit'
      if (['a', 'all'].includes(answer)) this.#asks = false
    }
    return 'yes'
  }

  /** Those of `things` that are consented to. */
  async choose<T>(things: readonly T[], question: (thing: T) => string): Promise<T[]> {
    if (!this.#asks) return [...things]
    const chosen: T[] = []
    for (const thing of things) {
      const consent = await this.ask(question(thing))
      if (consent === 'quit') break
      if (consent === 'yes') chosen.push(thing)
    }
    return chosen
  }
}

/** Asks once, with yes or no. @throws SluiceError needs-answer where nobody can be asked, with the advice given */
export async function confirmOnce(context: CommandContext, question: string, advice: string): Promise<boolean> {
  if (!context.interactive)
    throw new SluiceError('needs-answer', `${printable(question)}? Nobody is here to answer. ${advice}`)
  for (;;) {
    const answer = (await context.ask(`${printable(question)}? [y/n]`)).trim().toLowerCase()
    if (['y', 'yes'].includes(answer)) return true
    if (['n', 'no', ''].includes(answer)) return false
  }
}
