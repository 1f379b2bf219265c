/** Opens uploads and cares for what they leave behind. */
import { lstat, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode, toErrorData } from '../../common/errors.ts'
import type { QuarantineItem, ScanReport } from '../../common/models.ts'
import type { Account } from '../../common/share.ts'
import { printableName } from '../../common/safe-name.ts'
import type { ScanGate, ScanStream } from '../../electron/gate/index.ts'
import { replyTo } from '../files/disk-error.ts'
import { keptPartName, newPartName } from '../files/part-names.ts'
import { openRoot } from '../files/root.ts'
import { inTurn, placeOf } from '../files/turns.ts'
import type { Facts, UploadTarget, UserFiles } from '../files/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { beginningOf, keptUpload, openPart } from './beginning.ts'
import type { Part } from './part.ts'
import { demandQuarantineRoom, sourceUrl } from './quarantine-room.ts'
import { Quotas } from './quota.ts'
import { Room } from './room.ts'
import { ScanRefused } from './scan-refused.ts'
import { sweepRoot } from './sweep.ts'
import type { Door, Upload, UploadRequest } from './types.ts'
import { otherName } from './unique-name.ts'
import { OneUpload } from './upload.ts'

export interface DoorOptions {
  /** Null only when scanning is switched off: then nobody looks at uploads. */
  gate: ScanGate | null
  /** Something infected was sent by `account` and lies in the quarantine now. */
  onQuarantined?: (item: QuarantineItem, account: string, address: string) => void
  /** Something the person who runs the server should know. */
  onProblem?: (message: string) => void
  /** ms since the epoch; for tests */
  now?: () => number
}

/** Builds the door of a server. */
export function createDoor(options: DoorOptions): Door {
  return new ScanDoor(options)
}

class ScanDoor implements Door {
  readonly #options: DoorOptions
  readonly #now: () => number
  readonly #quotas: Quotas
  readonly #uploads = new Set<Upload>()
  /** Names of part files that are being written: a sweep leaves them alone. */
  readonly #active = new Set<string>()
  /** Files whose room an upload has that is to replace them. */
  readonly #lent = new Set<string>()
  /** One after the other goes into the quarantine, so that each knows how much lies there. */
  #adding: Promise<unknown> = Promise.resolve()
  #disposed = false

  constructor(options: DoorOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#quotas = new Quotas(this.#now)
  }

  async open(request: UploadRequest): Promise<Upload> {
    if (this.#disposed) throw new ReplyError(421, 'The server is stopping.')
    await this.#quotas.prepare(request.account, request.files)
    const target = await request.files.target(request.path)
    let scan: ScanStream | null = null
    try {
      if (request.mode.kind === 'unique' && target.existing !== null) {
        target.name = otherName(target.name)
        target.existing = null
      }
      await demandSpace(request, target)
      scan = await this.#openScan(request)
      return await this.#begin(request, target, scan)
    } catch (error) {
      scan?.abort()
      await target.folder.close()
      if (request.signal.aborted) throw new ReplyError(426, 'The upload was given up.', { cause: error })
      throw replyTo(error, request.path)
    }
  }

  async waiting(files: UserFiles, account: Account, path: string): Promise<number | null> {
    return await this.#atTarget(files, path, async (target) =>
      target.existing === null
        ? ((await keptUpload(target, keptPartName(account.name, target.name), this.#now()))?.bytes ?? null)
        : null,
    )
  }

  async forget(files: UserFiles, account: Account, path: string): Promise<boolean> {
    return await this.#atTarget(files, path, async (target) => {
      const kept = keptPartName(account.name, target.name)
      try {
        await this.#endKept(files, target, kept, () => unlink(target.folder.at(kept)))
        return true
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false
        throw error
      }
    })
  }

  async claimFolder(files: UserFiles, account: Account): Promise<void> {
    await this.#quotas.prepare(account, files)
    await new Room(this.#quotas, account, files.root).take({ bytes: 0, files: 1 })
  }

  freed(files: UserFiles, facts: Pick<Facts, 'type' | 'size'>): void {
    this.#quotas.free(files.root, { bytes: facts.type === 'file' ? facts.size : 0, files: 1 })
  }

  moved({ root }: UserFiles): void {
    this.#quotas.moved(root)
  }

  async sweep(root: string, signal?: AbortSignal): Promise<void> {
    const real = await openRoot(root).catch(() => null)
    if (real === null) return
    if ((await sweepRoot(real, this.#active, this.#now(), signal)) > 0) this.#quotas.forget(real)
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    await Promise.all([...this.#uploads].map((upload) => upload.abort()))
  }

  async #openScan({ path, signal }: UploadRequest): Promise<ScanStream | null> {
    const { gate } = this.#options
    if (gate === null) return null
    const scan = await gate.openScan({ name: printableName(path), signal })
    if (scan.failure !== null) throw new ScanRefused(scan.failure)
    return scan
  }

  async #begin(request: UploadRequest, target: UploadTarget, scan: ScanStream | null): Promise<Upload> {
    const { files, account, mode } = request
    const { existing, folder } = target
    const keptName = keptPartName(account.name, target.name)
    const resumes = mode.kind === 'resume' || mode.kind === 'append'
    const name = newPartName(account.name, target.name)
    const place = placeOf(folder, target.name)
    // The room of what is to be replaced is lent to one upload at a time: it is given back once.
    const lends = existing !== null && !this.#lent.has(place)
    const room = new Room(this.#quotas, account, files.root, { bytes: lends ? existing.size : 0, files: lends ? 1 : 0 })
    const done = (): void => {
      this.#active.delete(name)
      if (lends) this.#lent.delete(place)
    }
    this.#active.add(name)
    if (lends) this.#lent.add(place)
    /** A cut upload waits that nobody can go on with once this one has landed. */
    let outlives = false
    const begin = async (): Promise<Part> => {
      const kept = mode.kind === 'unique' ? null : await keptUpload(target, keptName, this.#now())
      const beginning = beginningOf(mode, existing, kept, request.path)
      const fromKept = beginning.from === 'kept'
      outlives = kept !== null && !fromKept
      if (!fromKept) await room.take({ bytes: beginning.bytes, files: 1 })
      const part = await openPart(files.root, target, beginning, { name, kept: keptName })
      if (fromKept) {
        // Counted since it came; what REST cuts off is free.
        room.adopt({ bytes: beginning.bytes, files: 1 })
        this.#quotas.free(files.root, { bytes: (kept?.bytes ?? 0) - beginning.bytes, files: 0 })
      }
      return part
    }
    try {
      const part = await (resumes ? inTurn(folder, keptName, begin) : begin())
      const upload: Upload = new OneUpload({
        request,
        target,
        part,
        room,
        scan,
        care: {
          quarantine: (partPath, report) => this.#quarantine(request, target, partPath, report),
          replaceKept: (kept, place) => this.#endKept(files, target, kept, place),
          landed: async () => {
            if (outlives) await this.#endKept(files, target, keptName, () => unlink(folder.at(keptName)))
          },
          ended: () => {
            done()
            this.#uploads.delete(upload)
          },
        },
      })
      this.#uploads.add(upload)
      return upload
    } catch (error) {
      done()
      room.giveBack()
      throw error
    }
  }

  async #quarantine(
    { account, address, path }: UploadRequest,
    { folder, name }: UploadTarget,
    partPath: string,
    report: ScanReport,
  ): Promise<void> {
    const { gate, onQuarantined, onProblem } = this.#options
    const source = sourceUrl(account.name, address, path)
    const add = async (): Promise<QuarantineItem | undefined> => {
      if (gate === null) return undefined
      await demandQuarantineRoom(gate.quarantine, account, partPath)
      return await gate.quarantine.add(partPath, { name, source, intendedPath: join(folder.real, name), report })
    }
    try {
      const adding = this.#adding.then(add)
      this.#adding = adding.catch(() => undefined)
      const item = await adding
      if (item !== undefined) onQuarantined?.(item, account.name, address)
    } catch (error) {
      const what = `An infected upload, "${printableName(path)}", could not be quarantined and is deleted`
      onProblem?.(`${what}: ${toErrorData(error).message}`)
    }
  }

  /** Gives back the room of what waits under `kept`, once `end` has made an end of it. @throws what `end` throws */
  async #endKept(files: UserFiles, { folder }: UploadTarget, kept: string, end: () => Promise<void>): Promise<void> {
    await inTurn(folder, kept, async () => {
      const stats = await lstat(folder.at(kept)).catch(() => null)
      await end()
      this.#quotas.moved(files.root)
      if (stats !== null) this.#quotas.free(files.root, { bytes: stats.size, files: 1 })
    })
  }

  async #atTarget<T>(files: UserFiles, path: string, work: (target: UploadTarget) => Promise<T>): Promise<T> {
    const target = await files.target(path)
    try {
      return await work(target)
    } catch (error) {
      throw replyTo(error, path)
    } finally {
      await target.folder.close()
    }
  }
}

/** ALLO told how much is to come: no need to find out at the end that it does not fit. @throws ReplyError 452 */
async function demandSpace({ announced }: UploadRequest, { folder }: UploadTarget): Promise<void> {
  if (announced === null) return
  const { bavail, bsize } = await statfs(folder.self)
  if (bavail * bsize < announced) throw new ReplyError(452, 'There is not so much room on the disk.')
}
