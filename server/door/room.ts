/** The room that one upload, or one new folder, takes of its account's quota. */
import type { Limited, Quotas } from './quota.ts'
import type { Usage } from './usage.ts'

export class Room {
  readonly #quotas: Quotas
  readonly #account: Limited
  readonly #root: string
  /** What the file that is to be replaced will give back. */
  readonly #credit: Usage
  readonly #taken: Usage = { bytes: 0, files: 0 }

  constructor(quotas: Quotas, account: Limited, root: string, credit: Usage = { bytes: 0, files: 0 }) {
    this.#quotas = quotas
    this.#account = account
    this.#root = root
    this.#credit = credit
  }

  /** @throws ReplyError 552 */
  async take(wanted: Usage): Promise<void> {
    await this.#quotas.take(this.#account, this.#root, wanted, (used) => this.#fits(used, wanted, this.#credit))
    this.adopt(wanted)
  }

  /** Holds from now on what is counted already. */
  adopt(usage: Usage): void {
    this.#taken.bytes += usage.bytes
    this.#taken.files += usage.files
  }

  /** @throws ReplyError 552 when what was to be replaced has gone, and `replaced` is all that gives back */
  async demand(replaced: Usage): Promise<void> {
    const none = { bytes: 0, files: 0 }
    await this.#quotas.take(this.#account, this.#root, none, (used) => this.#fits(used, none, replaced))
  }

  /** The file has its name, and what it replaced gives back its room. */
  settle(replaced: Usage): void {
    this.#quotas.moved(this.#root)
    this.#quotas.free(this.#root, replaced)
  }

  giveBack(): void {
    this.#quotas.free(this.#root, this.#taken)
    this.#taken.bytes = this.#taken.files = 0
  }

  /** Whoever puts no more in place than there was may, whatever the quota has become meanwhile. */
  #fits(used: Usage, wanted: Usage, credit: Usage): boolean {
    const { quotaBytes, quotaFiles } = this.#account
    const bytes = this.#taken.bytes + wanted.bytes <= credit.bytes
    const files = this.#taken.files + wanted.files <= credit.files
    return (
      (bytes || quotaBytes === null || used.bytes + wanted.bytes - credit.bytes <= quotaBytes) &&
      (files || quotaFiles === null || used.files + wanted.files - credit.files <= quotaFiles)
    )
  }
}
