/** Walks remote files and folders for downloads, and makes the local folders. The server's names are not trusted. */
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { SluiceError } from '../../common/errors.ts'
import type { Entry, EntryType } from '../../common/models.ts'
import { joinRemote, remoteBasename } from '../../common/remote-path.ts'
import { printableName, safeLocalName } from '../../common/safe-name.ts'
import type { FtpClient, FtpPool } from '../ftp/index.ts'
import { containedFolder, ignoresCase, localError, printablePath, statLocal } from '../local/index.ts'
import type { PlannedFolder } from './journal-rows.ts'
import { MAX_DEPTH, notOneFile, tooDeep, TooMany, type Plan } from './plan.ts'
import { withClient, withRetries } from './remote-access.ts'
import { canEnter } from './remote-folders.ts'

/** Entries planned without a break. */
const SLICE = 250

export interface DownloadSource {
  path: string
  type?: EntryType | undefined
  /** Where it goes on this computer; left out: into the request's target folder, under its own name. */
  target?: string
}

export interface DownloadPlanning {
  plan: Plan
  sources: readonly DownloadSource[]
  pool(): FtpPool
  retryDelays: readonly number[]
}

/** Journals one row a file. What fails becomes a row; only cancelling throws. */
export async function planDownloads(planning: DownloadPlanning): Promise<void> {
  const { plan, sources } = planning
  const root = plan.request.targetFolder
  await mkdir(root, { recursive: true }).catch((error: unknown) => {
    throw localError(error, 'create the folder', root)
  })
  // On disks that ignore case "A" and "a" are one name: the second in a listing must not be written over the first.
  const fold = (await ignoresCase(root))
    ? (name: string) => name.normalize('NFC').toLowerCase()
    : (name: string) => name
  for (const source of sources) {
    plan.signal.throwIfAborted()
    await planSource(planning, source)
    plan.flush()
    for (let folder = plan.nextFolder(); folder; folder = plan.nextFolder()) {
      plan.signal.throwIfAborted()
      await planFolder(planning, folder, fold)
      plan.flush()
    }
  }
}

async function planSource({ plan, pool, retryDelays }: DownloadPlanning, source: DownloadSource): Promise<void> {
  const { signal, request } = plan
  const remotePath = source.path
  let localPath: string
  try {
    localPath = source.target ?? join(request.targetFolder, safeLocalName(remoteBasename(remotePath)))
  } catch (error) {
    plan.fail('note', { localPath: request.targetFolder, remotePath }, error)
    return
  }
  const paths = { localPath, remotePath }
  try {
    const found =
      source.type === 'file' || source.type === 'dir'
        ? { type: source.type, size: null, modified: null }
        : await withRetries(retryDelays, signal, () =>
            withClient(pool(), signal, (client) => resolveSource(client, remotePath, signal)),
          )
    if (found.type === 'dir' && request.mode !== 'whole') plan.fail('note', paths, notOneFile(remotePath))
    else if (found.type === 'dir') plan.folder({ ...paths, depth: 1 })
    else plan.file(paths, found)
  } catch (error) {
    signal.throwIfAborted()
    plan.fail('folder', paths, error)
  }
}

interface Found {
  type: 'file' | 'dir'
  size: number | null
  modified: number | null
}

/** What the person pointed at, through links: a folder if it can be entered, else a file. */
async function resolveSource(client: FtpClient, path: string, signal: AbortSignal): Promise<Found> {
  const entry = await client.stat1(path, { signal })
  if (entry?.type === 'file') return { type: 'file', size: entry.size, modified: entry.modified }
  if (entry?.type === 'dir' || (await canEnter(client, path, signal)))
    return { type: 'dir', size: null, modified: null }
  if (entry === null) throw new SluiceError('not-found', `"${printablePath(path)}" does not exist on the server.`)
  return { type: 'file', size: null, modified: null }
}

async function planFolder(
  { plan, pool, retryDelays }: DownloadPlanning,
  folder: PlannedFolder,
  fold: (name: string) => string,
): Promise<void> {
  const { signal, request } = plan
  const unreadable = { count: 0, first: '' }
  try {
    if (folder.depth > MAX_DEPTH) throw tooDeep(printablePath(folder.remotePath))
    await makeLocalFolder(plan, request.targetFolder, folder.localPath)
    await withRetries(retryDelays, signal, (attempt) =>
      withClient(pool(), signal, async (client) => {
        unreadable.count = 0
        const onUnreadable = (line: string): void => {
          if (unreadable.count++ === 0) unreadable.first = line
        }
        for await (const batch of client.list(folder.remotePath, { signal, onUnreadable })) {
          for (let from = 0; from < batch.length; from += SLICE) {
            const slice = batch.slice(from, from + SLICE)
            plan.batch(() => {
              for (const entry of slice) planEntry(plan, folder, entry, { attempt, fold })
            })
            plan.flush()
            // Listings come by the thousand rows; the window must get its turn in between.
            await setImmediate(undefined, { signal })
          }
        }
      }),
    )
  } catch (error) {
    signal.throwIfAborted()
    plan.fail(error instanceof TooMany ? 'note' : 'folder', folder, error)
  }
  if (unreadable.count > 0) {
    const message = `${unreadable.count} lines of the listing of "${printablePath(folder.remotePath)}" could not be understood, so these entries are left out; the first: "${printableName(unreadable.first)}".`
    plan.fail('note', folder, new SluiceError('protocol-violation', message))
  }
}

async function makeLocalFolder(plan: Plan, root: string, path: string): Promise<void> {
  const isNew = (await statLocal(path, path)) === null
  await containedFolder(root, path, { create: true })
  if (isNew) plan.events.folderMade('local', dirname(path))
}

function planEntry(
  plan: Plan,
  folder: PlannedFolder,
  entry: Entry,
  { attempt, fold }: { attempt: number; fold: (name: string) => string },
): void {
  const remotePath = joinRemote(folder.remotePath, entry.name)
  // Until the name is known to be safe, no local path is made of it.
  const nowhere = { localPath: folder.localPath, remotePath }
  const seen = plan.see(folder.remotePath, fold(entry.name), attempt)
  if (seen === 'known') return
  try {
    const name = safeLocalName(entry.name)
    if (seen === 'again')
      throw new SluiceError(
        'unsafe-name',
        `The server lists "${printableName(entry.name)}" twice in "${printablePath(folder.remotePath)}"; only the first is used.`,
      )
    const paths = { localPath: join(folder.localPath, name), remotePath }
    if (entry.type === 'file') plan.file(paths, entry)
    else if (entry.type === 'dir') plan.folder({ ...paths, depth: folder.depth + 1 })
    else if (entry.type === 'link')
      plan.skip(paths, `"${printablePath(remotePath)}" is a link; links inside folders are not followed.`)
    else plan.skip(paths, `"${printablePath(remotePath)}" is not a file or folder; it is not downloaded.`)
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error
    plan.fail('note', nowhere, error)
  }
}
