/** Names that begin like the word under the cursor, in folders here and on the server. */
import { join, sep } from 'node:path'
import { endpointUrl } from '../../../common/endpoint.ts'
import type { Entry } from '../../../common/models.ts'
import { untilAborted } from '../../../common/until-aborted.ts'
import { listLocal } from '../../local/index.ts'
import { isLocalFolder, resolveLocal, resolveRemoteText } from './paths.ts'
import type { ConsoleHost } from './types.ts'

/** Whoever pressed Tab waits: longest look at a folder, in ms. */
const PATIENCE = 3_000
/** How long a listing is believed, in ms. */
const FRESH = 5_000
/** Names looked at in one folder. */
const MOST_NAMES = 50_000

export interface Candidate {
  /** The whole word, not quoted, a folder without its last slash. */
  text: string
  /** The name alone, a folder with a slash. */
  label: string
  folder: boolean
  /** Needs no quotes: a command, an option. */
  plain: boolean
}

interface Seen {
  key: string
  entries: Promise<Entry[]>
  until: number
}

export class CompletedNames {
  readonly #host: ConsoleHost
  /** The folder of the server that was listed last. */
  #seen: Seen | null = null

  constructor(host: ConsoleHost) {
    this.#host = host
  }

  forget(): void {
    this.#seen = null
  }

  /** @param word as it was meant, without quotes */
  async local(word: string, foldersOnly: boolean): Promise<Candidate[]> {
    const { folder, begin } = splitWord(word, sep)
    const path = resolveLocal(this.#host, folder)
    const found = await bounded((signal) => namesIn(listLocal(path, { signal }), begin))
    const entries = await Promise.all(
      found.map(async (entry) =>
        entry.type === 'link' && (await isLocalFolder(join(path, entry.name)))
          ? { ...entry, type: 'dir' as const }
          : entry,
      ),
    )
    return candidates(entries, folder, foldersOnly, ({ type }) => type === 'dir')
  }

  /** Nothing while there is no session: a lost one is not opened again for this. */
  async remote(word: string, foldersOnly: boolean): Promise<Candidate[]> {
    const { session, folders } = this.#host
    if (session.state.state !== 'connected' || folders.get().remote === null) return []
    const { folder, begin } = splitWord(word, '/')
    const entries = await this.#list(resolveRemoteText(this.#host, folder))
    // Where a link leads is known to the server alone: for folders it may be one.
    return candidates(
      entries.filter(({ name }) => beginsWith(name, begin)),
      folder,
      foldersOnly,
      ({ type }) => type === 'dir' || (foldersOnly && type === 'link'),
    )
  }

  /** All of a folder, as it was a moment ago. */
  async #list(path: string): Promise<Entry[]> {
    const { session } = this.#host
    const key = `${endpointUrl(session.endpoint)} ${path}`
    if (this.#seen?.key === key && this.#seen.until > Date.now()) return this.#seen.entries
    const entries = bounded((signal) => session.run((client) => namesIn(client.list(path, { signal }), '', true)))
    const seen = { key, entries, until: Date.now() + FRESH }
    this.#seen = seen
    // An empty answer may be a failure: the next Tab asks again.
    if ((await entries).length === 0 && this.#seen === seen) this.#seen = null
    return entries
  }
}

/** The folder as typed, with its last separator, and the beginning of a name. */
function splitWord(word: string, separator: string): { folder: string; begin: string } {
  const at = Math.max(word.lastIndexOf('/'), word.lastIndexOf(separator))
  return { folder: word.slice(0, at + 1), begin: word.slice(at + 1) }
}

/** Names with a leading dot are hidden until one is typed. */
function beginsWith(name: string, begin: string): boolean {
  return name.startsWith(begin) && (begin.startsWith('.') || !name.startsWith('.'))
}

async function namesIn(batches: AsyncIterable<Entry[]>, begin: string, all = false): Promise<Entry[]> {
  const names: Entry[] = []
  for await (const batch of batches) {
    for (const entry of batch) if (all || beginsWith(entry.name, begin)) names.push(entry)
    if (names.length >= MOST_NAMES) break
  }
  return names
}

/** What `look` finds in time; nothing when it fails. */
async function bounded(look: (signal: AbortSignal) => Promise<Entry[]>): Promise<Entry[]> {
  const signal = AbortSignal.timeout(PATIENCE)
  try {
    return await untilAborted(look(signal), signal)
  } catch {
    return []
  }
}

function candidates(
  entries: readonly Entry[],
  folder: string,
  foldersOnly: boolean,
  isFolder: (entry: Entry) => boolean,
): Candidate[] {
  return entries
    .map((entry) => ({ entry, folder: isFolder(entry) }))
    .filter((candidate) => !foldersOnly || candidate.folder)
    .map((candidate) => ({
      text: folder + candidate.entry.name,
      label: candidate.folder ? `${candidate.entry.name}/` : candidate.entry.name,
      folder: candidate.folder,
      plain: false,
    }))
}
