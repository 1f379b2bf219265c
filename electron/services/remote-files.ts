/** What a person does to files on the server: list, make, rename, remove. Names are checked before they become paths. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { Entry, EntryType, ListingSummary, RemovalResult } from '../../common/models.ts'
import { joinRemote } from '../../common/remote-path.ts'
import type { CallOptions, FtpClient } from '../ftp/index.ts'

/** Unreadable listing lines shown to the person; more would only repeat the point. */
const UNREADABLE_LIMIT = 20
/** Folders within folders; deeper trees are loops made by broken or hostile servers. */
const DEPTH_LIMIT = 200

/**
 * Lists a folder, handing over rows while they arrive.
 * @throws SluiceError as the engine's list does
 */
export async function listRemote(
  client: FtpClient,
  path: string,
  onEntries: (entries: Entry[]) => void,
  signal: AbortSignal,
): Promise<ListingSummary> {
  const unreadable: string[] = []
  let count = 0
  const onUnreadable = (line: string): void => {
    if (unreadable.length < UNREADABLE_LIMIT) unreadable.push(line)
  }
  for await (const entries of client.list(path, { signal, onUnreadable })) {
    count += entries.length
    onEntries(entries)
  }
  return { path, count, unreadable }
}

/** @returns absolute path of the new folder. @throws SluiceError name-refused for a name that is a path */
export async function makeRemoteFolder(client: FtpClient, folder: string, name: string): Promise<string> {
  const path = joinRemote(folder, checkName(name))
  await client.mkdir(path)
  return path
}

/** @returns the new absolute path. @throws SluiceError name-refused for a name that is a path or that is taken */
export async function renameRemote(client: FtpClient, folder: string, from: string, to: string): Promise<string> {
  const target = joinRemote(folder, checkName(to))
  // Many servers rename over an existing file without a word (rename(2)); a rename by hand must never cost a file.
  if (await client.stat1(target)) {
    throw new SluiceError('name-refused', `${target} exists already: choose another name.`)
  }
  await client.rename(joinRemote(folder, checkName(from)), target)
  return target
}

/**
 * Removes entries of one folder, folders with all that is in them. Links are removed, never followed. Goes on past
 * single failures.
 * @throws SluiceError cancelled when the signal aborts (what was removed stays removed), or why the connection is gone
 */
export async function removeRemote(
  client: FtpClient,
  folder: string,
  entries: readonly { name: string; type: EntryType }[],
  o: CallOptions = {},
): Promise<RemovalResult> {
  const result: RemovalResult = { removed: 0, failed: [] }
  for (const entry of entries) await removeEntry({ client, result, ...o }, folder, entry, 0)
  return result
}

interface Removal extends CallOptions {
  client: FtpClient
  result: RemovalResult
}

async function removeEntry(
  removal: Removal,
  folder: string,
  { name, type }: { name: string; type: EntryType },
  depth: number,
): Promise<void> {
  const { client, result, signal } = removal
  const path = joinRemote(folder, name)
  const o = signal ? { signal } : {}
  try {
    checkName(name)
    if (type === 'dir') {
      await removeContents(removal, path, depth)
      await client.rmdir(path, o)
    } else {
      await client.remove(path, o)
    }
    result.removed++
  } catch (error) {
    // Without a connection the rest would fail one by one, each with the same words.
    if (!client.isOpen || signal?.aborted) throw error
    result.failed.push({ path, error: toErrorData(error) })
  }
}

async function removeContents(removal: Removal, path: string, depth: number): Promise<void> {
  const { client, signal } = removal
  if (depth >= DEPTH_LIMIT) {
    throw new SluiceError('unsupported', `${path} lies ${DEPTH_LIMIT} folders deep, which looks like a loop.`)
  }
  const contents: Entry[] = []
  for await (const entries of client.list(path, signal ? { signal } : {})) contents.push(...entries)
  for (const entry of contents) await removeEntry(removal, path, entry, depth + 1)
}

/** Whether a name, from a listing or a person, is one segment of a path. */
export function isOneName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/')
}

/** A name is one path segment: a listing or a person that says otherwise is refused (CVE-2026-27699). */
function checkName(name: string): string {
  if (!isOneName(name)) {
    throw new SluiceError('name-refused', `“${name}” cannot be the name of a file or folder.`)
  }
  return name
}
