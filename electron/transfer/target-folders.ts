/**
 * What is known about folders on the servers that uploads go to. Asking for each of a thousand files whether its target
 * exists would cost a round trip (or a listing) a file; one listing a folder, kept for a short while, answers for all.
 */
import { endpointUrl } from '../../common/endpoint.ts'
import { SluiceError } from '../../common/errors.ts'
import type { Endpoint, Entry } from '../../common/models.ts'
import { joinRemote } from '../../common/remote-path.ts'
import { untilAborted } from '../../common/until-aborted.ts'
import type { FtpPool } from '../ftp/index.ts'
import { withClient } from './remote-access.ts'

export interface ExistingTarget {
  type: Entry['type']
  size: number | null
  modified: number | null
}

/** The first questions about a folder are asked one by one: listing a huge folder for one file is not worth it. */
const SINGLE_LOOKUPS = 2
/** A listing older than this may have been overtaken by others who work on the server. */
const KEEP_MS = 30_000
const KEEP_FOLDERS = 32
/** A folder with more entries is not kept: memory must not follow the server's size. */
const KEEP_ENTRIES = 50_000

type Names = Map<string, ExistingTarget>

interface Known {
  lookups: number
  /** Null: too many entries to keep. */
  names: Promise<Names | null> | null
  at: number
}

export class TargetFolders {
  readonly #known = new Map<string, Known>()

  /**
   * What stands at `folder`/`name`; null for nothing.
   * @throws SluiceError as the engine's listing calls do
   */
  async lookup(
    endpoint: Endpoint,
    pool: FtpPool,
    folder: string,
    name: string,
    signal: AbortSignal,
  ): Promise<ExistingTarget | null> {
    const known = this.#folder(endpoint, folder)
    if (!known.names && ++known.lookups > SINGLE_LOOKUPS) {
      known.at = Date.now()
      // Shared by all who ask meanwhile, hence without the signal of the one who asked first.
      const names = withClient(pool, new AbortController().signal, (client) => collect(client.list(folder)))
      known.names = names
      names.catch(() => {
        if (known.names === names) known.names = null
      })
    }
    const names = known.names && (await untilAborted(known.names, signal))
    if (names) return names.get(name) ?? null
    const entry = await withClient(pool, signal, (client) => client.stat1(joinRemote(folder, name), { signal }))
    return entry && pick(entry)
  }

  /** A folder was made a moment ago: it is empty, and nobody needs to ask. */
  madeFolder(endpoint: Endpoint, folder: string): void {
    const known = this.#folder(endpoint, folder)
    known.names = Promise.resolve(new Map())
    known.at = Date.now()
  }

  /** A file of ours landed in the folder. */
  added(endpoint: Endpoint, folder: string, name: string, file: ExistingTarget): void {
    const known = this.#known.get(key(endpoint, folder))
    void known?.names?.then(
      (names) => names?.set(name, file),
      () => undefined,
    )
  }

  /** Something unclear happened in the folder: the next one asks anew. */
  forget(endpoint: Endpoint, folder: string): void {
    this.#known.delete(key(endpoint, folder))
  }

  #folder(endpoint: Endpoint, folder: string): Known {
    const id = key(endpoint, folder)
    let known = this.#known.get(id)
    if (known && known.names && Date.now() - known.at > KEEP_MS) known = undefined
    known ??= { lookups: 0, names: null, at: Date.now() }
    // Put last: the first in the map is the one unused for longest.
    this.#known.delete(id)
    this.#known.set(id, known)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEEP_FOLDERS) break
      this.#known.delete(oldest)
    }
    return known
  }
}

/** All names of a folder; none of one that does not exist. */
async function collect(batches: AsyncIterable<Entry[]>): Promise<Names | null> {
  let names: Names | null = new Map()
  try {
    // A listing that is too long is still read to its end: breaking off would cost the connection.
    for await (const batch of batches) {
      for (const entry of batch) names?.set(entry.name, pick(entry))
      if (names && names.size > KEEP_ENTRIES) names = null
    }
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'not-found') throw error
  }
  return names
}

function pick({ type, size, modified }: Entry): ExistingTarget {
  return { type, size, modified }
}

function key(endpoint: Endpoint, folder: string): string {
  return `${endpointUrl(endpoint)} ${folder}`
}
