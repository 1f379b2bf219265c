/** One upload on its way through the door. */
import type { Stats } from 'node:fs'
import { SluiceError, systemCode } from '../../common/errors.ts'
import { printableName } from '../../common/safe-name.ts'
import type { ScanReport } from '../../common/models.ts'
import type { ScanStream } from '../../electron/gate/index.ts'
import { refused, replyTo } from '../files/disk-error.ts'
import { factsFrom, lstatIfThere } from '../files/facts.ts'
import { childOf, nameOf, parentOf } from '../files/names.ts'
import { keptPartName } from '../files/part-names.ts'
import { inTurn } from '../files/turns.ts'
import type { Facts, UploadTarget } from '../files/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Part } from './part.ts'
import type { Room } from './room.ts'
import { ScanRefused } from './scan-refused.ts'
import type { Landing, Upload, UploadRequest } from './types.ts'
import { otherName } from './unique-name.ts'

/** What the door does for its uploads. */
export interface UploadCare {
  /** Moves it into the quarantine; a part file that cannot go there is deleted by the upload. */
  quarantine(partPath: string, report: ScanReport): Promise<void>
  /** What waited under that name is replaced by what `place` puts there: its room is free again. */
  replaceKept(name: string, place: () => Promise<void>): Promise<void>
  /** It has its name: what waited there when it began is of no use any more. */
  landed(): Promise<void>
  /** Called once, when nothing of it is open any more. */
  ended(): void
}

export interface UploadParts {
  request: UploadRequest
  target: UploadTarget
  part: Part
  room: Room
  /** Null: scanning is switched off. */
  scan: ScanStream | null
  care: UploadCare
}

/** Names that STOU tries: each has 32 random bits, so that the second is free. */
const UNIQUE_TRIES = 10

export class OneUpload implements Upload {
  readonly #request: UploadRequest
  readonly #target: UploadTarget
  readonly #part: Part
  readonly #room: Room
  readonly #scan: ScanStream | null
  readonly #care: UploadCare
  /** The part has its beginning, and the scan has seen it. */
  #primed: Promise<void> | null
  /** Going on could only fail in the same way: nothing is kept for that. */
  #hopeless = false
  #broken: ReplyError | null = null
  #finishing: Promise<Landing> | null = null
  #ended: Promise<void> | null = null

  constructor({ request, target, part, room, scan, care }: UploadParts) {
    this.#request = request
    this.#target = target
    this.#part = part
    this.#room = room
    this.#scan = scan
    this.#care = care
    const seen = scan !== null && part.bytes > 0
    this.#primed = part.unbegun || seen ? part.begin(scan && ((block) => feed(scan, block))) : null
    // Whoever writes or finishes hears of its failure.
    this.#primed?.catch(() => undefined)
  }

  get path(): string {
    const { mode, path } = this.#request
    return mode.kind === 'unique' ? childOf(parentOf(path), this.#target.name) : path
  }

  async write(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return
    this.#demandOpen()
    try {
      if (this.#primed !== null) await this.#catchUp()
      await this.#room.take({ bytes: chunk.length, files: 0 })
      if (this.#scan === null) await this.#part.write(chunk)
      else await Promise.all([this.#part.write(chunk), feed(this.#scan, chunk)])
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async finish(): Promise<Landing> {
    this.#demandOpen()
    this.#finishing = this.#finish()
    return await this.#finishing
  }

  async abort(): Promise<void> {
    this.#broken ??= givenUp()
    this.#scan?.abort()
    this.#part.stop()
    // It ends by itself, in one way or the other: a name that is given cannot be taken back.
    await this.#finishing?.catch(() => undefined)
    await this.#end()
  }

  async #finish(): Promise<Landing> {
    try {
      await this.#catchUp()
      const outcome = await this.#verdict()
      if (outcome?.passes === false) return await this.#refuse(outcome.code === 'infected', outcome.report)
      // A gate that looks at nothing is no gate, and a clearance is for its own bytes only.
      const cleared = outcome === null || (outcome.report !== null && outcome.clearance.bytes === this.#part.bytes)
      if (!cleared || (outcome !== null && !(await this.#part.isWhole()))) {
        this.#hopeless = true
        throw new ReplyError(451, 'Not all bytes of the file were scanned; nothing was stored. Try again.')
      }
      this.#demandWanted()
      const name = this.#request.mode.kind === 'unique' ? await this.#claimName() : await this.#replace()
      // Nobody need wait for that but who ends the upload.
      this.#ended = this.#care
        .landed()
        .catch(() => undefined)
        .then(() => this.#close())
      this.#ended.catch(() => undefined)
      const path = this.#request.mode.kind === 'unique' ? childOf(parentOf(this.#request.path), name) : this.path
      return { kind: 'landed', path, size: this.#part.bytes, report: outcome?.report ?? null }
    } catch (error) {
      const failure = this.#fail(error)
      await this.#end()
      throw failure
    }
  }

  /** Null when nobody looks at it. The disk writes while the scanner thinks. */
  async #verdict(): Promise<Awaited<ReturnType<ScanStream['finish']>> | null> {
    if (this.#scan === null) return null
    const [outcome] = await Promise.all([this.#scan.finish(), this.#part.flush()])
    return outcome
  }

  async #refuse(infected: boolean, report: ScanReport): Promise<Landing> {
    this.#hopeless = true
    if (infected) await this.#care.quarantine(await this.#part.handOver(), report)
    await this.#end()
    return infected ? { kind: 'infected', report } : { kind: 'unscanned', report }
  }

  async #replace(): Promise<string> {
    const { folder, name } = this.#target
    return await inTurn(folder, name, async () => {
      const [existing] = await Promise.all([lstatIfThere(folder.at(name)), folder.check()])
      // What came there since the upload began and is no file was put there by others than accounts.
      if (existing !== null && !existing.isFile()) throw refused(this.path, 'it is no file any more')
      // Of two who add to one file at the same time, the second would undo what the first was told is stored.
      if (this.#request.mode.kind === 'append' && isAnother(existing, this.#target.existing)) {
        throw new ReplyError(
          450,
          `${printableName(this.path)}: it was changed meanwhile; nothing was added. Try again.`,
        )
      }
      const replaced = { bytes: existing?.size ?? 0, files: existing === null ? 0 : 1 }
      await this.#room.demand(replaced)
      await this.#part.replace(name, existing, () => this.#demandWanted())
      this.#room.settle(replaced)
      return name
    })
  }

  async #claimName(): Promise<string> {
    await this.#target.folder.check()
    let name = this.#target.name
    for (let tries = 1; ; tries++) {
      this.#demandWanted()
      try {
        await this.#part.claim(name)
        return name
      } catch (error) {
        if (systemCode(error) !== 'EEXIST' || tries === UNIQUE_TRIES) throw error
        name = otherName(nameOf(this.#request.path))
      }
    }
  }

  /**
   * A client that is killed ends its data connection in order, too: without TLS only the end of its control connection,
   * which is seen a moment later, tells that the file is not whole.
   */
  #demandWanted(): void {
    if (this.#request.signal.aborted) this.#broken ??= givenUp()
    if (this.#broken !== null) throw this.#broken
  }

  async #catchUp(): Promise<void> {
    await this.#primed
    this.#primed = null
  }

  #demandOpen(): void {
    if (this.#broken !== null) throw this.#broken
    if (this.#finishing !== null) throw new ReplyError(451, 'The upload has ended already.')
  }

  /** Later calls fail in the same way; only what ends from outside may be gone on with. */
  #fail(error: unknown): ReplyError {
    if (this.#broken !== null) return this.#broken
    const cancelled = error instanceof SluiceError && error.code === 'cancelled'
    this.#hopeless ||= !cancelled
    this.#broken = cancelled ? givenUp() : replyTo(error, this.path)
    return this.#broken
  }

  /** Without a name: what came is kept for a client that goes on, or not. Never throws. */
  #end(): Promise<void> {
    this.#ended ??= this.#withdraw()
    return this.#ended
  }

  async #withdraw(): Promise<void> {
    this.#scan?.abort()
    this.#part.stop()
    await this.#primed?.catch(() => undefined)
    if (!(await this.#keep())) {
      await this.#part.discard()
      this.#room.giveBack()
    }
    await this.#close()
  }

  async #keep(): Promise<boolean> {
    const { mode, account, text } = this.#request
    const { folder, name, existing } = this.#target
    // After APPE to a file its size is what the client goes on from, and nobody goes on with STOU or text.
    const useless = mode.kind === 'unique' || text === true || (mode.kind === 'append' && existing !== null)
    if (this.#hopeless || useless || this.#part.unbegun || this.#part.bytes === 0) return false
    try {
      await folder.check()
      const kept = keptPartName(account.name, name)
      await this.#care.replaceKept(kept, () => this.#part.keep(kept))
      return true
    } catch {
      return false
    }
  }

  async #close(): Promise<void> {
    await this.#target.folder.close()
    this.#care.ended()
  }
}

/** @throws ScanRefused as soon as no verdict can come any more */
async function feed(scan: ScanStream, block: Buffer): Promise<void> {
  if (scan.failure !== null) throw new ScanRefused(scan.failure)
  await scan.write(block)
}

function givenUp(): ReplyError {
  return new ReplyError(426, 'The upload was given up.')
}

/** Whether it is there, and not as it was. */
function isAnother(now: Stats | null, then: Facts | null): boolean {
  if (now === null) return false
  const { unique, size, modified } = factsFrom('', now)
  return then === null || unique !== then.unique || size !== then.size || modified !== then.modified
}
