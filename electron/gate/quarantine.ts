/**
 * Where infected downloads go: a folder of its own, each file under a random name that nothing opens, with a record
 * beside it. The folder is read anew each time, so it survives restarts and hands that tidy it.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SluiceError } from '../../common/errors.ts'
import { engineSchema, type QuarantineItem } from '../../common/models.ts'
import { localError } from './local-file.ts'
import type { Quarantine, QuarantineInfo } from './types.ts'

const FILE = '.quarantined'
const RECORD = '.json'

const recordSchema = z.object({
  id: z.uuid(),
  name: z.string().max(4096),
  source: z.string().max(65_536),
  intendedPath: z.string().max(65_536),
  bytes: z.int().min(0),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  signature: z.string().max(4096),
  engine: engineSchema.nullable(),
  engineVersion: z.string().max(4096),
  quarantinedAt: z.number().min(0),
})

export class FolderQuarantine implements Quarantine {
  readonly #folder: string
  readonly #listeners = new Set<(items: QuarantineItem[]) => void>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async add(partPath: string, info: QuarantineInfo): Promise<QuarantineItem> {
    if (info.report.verdict !== 'INFECTED') {
      throw new SluiceError('bad-argument', `${info.name} was not found infected: it does not belong in quarantine.`)
    }
    const id = randomUUID()
    const target = join(this.#folder, id + FILE)
    const record = join(this.#folder, id + RECORD)
    try {
      // A link must not bring the file it points to in here.
      const facts = await lstat(partPath)
      if (!facts.isFile()) throw new SluiceError('local-io', `${partPath} is not a regular file.`)
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      await chmod(this.#folder, 0o700)
      const item: QuarantineItem = {
        id,
        name: info.name,
        source: info.source,
        intendedPath: info.intendedPath,
        bytes: facts.size,
        sha256: info.report.sha256,
        signature: info.report.signature ?? 'unnamed',
        engine: info.report.engine,
        engineVersion: info.report.engineVersion,
        quarantinedAt: Date.now(),
      }
      // The record first: a file without one would lose its story should the power fail in between.
      await writeDurably(record, JSON.stringify(item))
      await move(partPath, target)
      await this.#changed()
      return item
    } catch (cause) {
      if ((await stat(target).catch(() => null)) === null) await rm(record, { force: true })
      throw cause instanceof SluiceError ? cause : localError(partPath, cause)
    }
  }

  async list(): Promise<QuarantineItem[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const ids = names.filter((name) => name.endsWith(FILE)).map((name) => name.slice(0, -FILE.length))
    const items = await Promise.all(ids.filter(isId).map((id) => this.#read(id)))
    return items.filter((item) => item !== null).sort((a, b) => b.quarantinedAt - a.quarantinedAt)
  }

  async remove(ids: readonly string[]): Promise<QuarantineItem[]> {
    // Only ids: anything else could name a path.
    for (const id of ids.filter(isId)) {
      try {
        await rm(join(this.#folder, id + FILE), { force: true })
        await rm(join(this.#folder, id + RECORD), { force: true })
      } catch (cause) {
        throw localError(this.#folder, cause)
      }
    }
    return this.#changed()
  }

  onChange(callback: (items: QuarantineItem[]) => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  async #changed(): Promise<QuarantineItem[]> {
    const items = await this.list()
    for (const listener of [...this.#listeners]) listener(items)
    return items
  }

  /** Null when the file has gone meanwhile. */
  async #read(id: string): Promise<QuarantineItem | null> {
    const facts = await lstat(join(this.#folder, id + FILE)).catch(() => null)
    if (facts === null) return null
    try {
      const record = recordSchema.parse(JSON.parse(await readFile(join(this.#folder, id + RECORD), 'utf8')))
      if (record.id === id) return record
    } catch {
      // Falls through: the file is there and must be seen, whatever became of its record.
    }
    return {
      id,
      name: id + FILE,
      source: '',
      intendedPath: '',
      bytes: facts.size,
      sha256: null,
      signature: 'unknown: the record of this file is damaged',
      engine: null,
      engineVersion: '',
      quarantinedAt: Math.round(facts.mtimeMs),
    }
  }
}

function isId(text: string): boolean {
  return z.uuid().safeParse(text).success
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

/** Moves within or across devices; the target never exists half under the final name's rights. */
async function move(from: string, to: string): Promise<void> {
  try {
    await chmod(from, 0o600)
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    try {
      await copyFile(from, to, constants.COPYFILE_EXCL)
      await chmod(to, 0o600)
      await using file = await open(to, 'r+')
      await file.sync()
    } catch (cause) {
      await rm(to, { force: true })
      throw cause
    }
    await rm(from)
  }
}
