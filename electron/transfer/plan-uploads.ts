/** Walks local files and folders for uploads, and makes the folders they go to. Links in a tree are not followed. */
import { realpath, stat, lstat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { Entry } from '../../common/models.ts'
import { joinRemote, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient, FtpPool } from '../ftp/index.ts'
import { listLocal, localError, printablePath } from '../local/index.ts'
import { MAX_DEPTH, notOneFile, tooDeep, TooMany, type Plan } from './plan.ts'
import { withClient, withRetries } from './remote-access.ts'
import { isRefused, makeFolder, makeFolders } from './remote-folders.ts'
import type { TargetFolders } from './target-folders.ts'

export interface UploadSource {
  path: string
  /** Where it goes on the server; left out: into the request's target folder, under its own name. */
  target?: string
}

export interface UploadPlanning {
  plan: Plan
  sources: readonly UploadSource[]
  pool(): FtpPool
  folders: TargetFolders
  retryDelays: readonly number[]
}

/** Journals one row a file. What fails becomes a row; only cancelling throws. */
export async function planUploads(planning: UploadPlanning): Promise<void> {
  const { plan, sources } = planning
  for (const source of sources) {
    plan.signal.throwIfAborted()
    await planSource(planning, source)
    plan.flush()
    for (let folder = plan.nextFolder(); folder; folder = plan.nextFolder()) {
      plan.signal.throwIfAborted()
      await planFolder(planning, folder)
      plan.flush()
    }
  }
}

async function planSource({ plan }: UploadPlanning, upload: UploadSource): Promise<void> {
  const source = upload.path
  const remotePath = upload.target ?? joinRemote(plan.request.targetFolder, basename(source))
  const paths = { localPath: source, remotePath }
  try {
    if (basename(source) === '')
      throw new SluiceError('bad-argument', `"${printablePath(source)}" has no name of its own. Choose what is in it.`)
    // What the person pointed at is meant, also through a link; the walk below it follows none.
    const link = (await lstat(source)).isSymbolicLink()
    const localPath = link ? await realpath(source) : source
    const stats = await stat(localPath)
    if (stats.isDirectory() && plan.request.mode !== 'whole') plan.fail('note', paths, notOneFile(source))
    else if (stats.isDirectory()) plan.folder({ localPath, remotePath, depth: 1 })
    else if (stats.isFile())
      plan.file({ localPath, remotePath }, { size: stats.size, modified: Math.round(stats.mtimeMs) })
    else plan.skip(paths, `"${printablePath(source)}" is not a file or folder; it is not uploaded.`)
  } catch (error) {
    plan.fail('folder', paths, localError(error, 'read', source))
  }
}

async function planFolder(
  planning: UploadPlanning,
  folder: { localPath: string; remotePath: string; depth: number },
): Promise<void> {
  const { plan } = planning
  try {
    if (folder.depth > MAX_DEPTH) throw tooDeep(printablePath(folder.localPath))
    await ensureFolder(planning, folder.remotePath)
    for await (const batch of listLocal(folder.localPath, { signal: plan.signal })) {
      // As far as batches go: a disk gives names in no order that means anything to people.
      const sorted = batch.toSorted((a, b) => (a.name < b.name ? -1 : 1))
      plan.batch(() => {
        for (const entry of sorted) planEntry(plan, folder, entry)
      })
      plan.flush()
    }
  } catch (error) {
    plan.signal.throwIfAborted()
    plan.fail(error instanceof TooMany ? 'note' : 'folder', folder, error)
  }
}

function planEntry(plan: Plan, folder: { localPath: string; remotePath: string; depth: number }, entry: Entry): void {
  const localPath = join(folder.localPath, entry.name)
  const remotePath = joinRemote(folder.remotePath, entry.name)
  const paths = { localPath, remotePath }
  plan.count()
  switch (entry.type) {
    case 'file':
      plan.file(paths, entry)
      return
    case 'dir':
      plan.folder({ ...paths, depth: folder.depth + 1 })
      return
    case 'link':
      plan.skip(paths, `"${printablePath(localPath)}" is a link; links inside folders are not followed.`)
      return
    case 'other':
      plan.skip(paths, `"${printablePath(localPath)}" is not a file or folder; it is not uploaded.`)
  }
}

/**
 * Makes a folder on the server unless it is there, with the ones above that are missing.
 * @throws SluiceError as MKD was refused
 */
async function ensureFolder({ plan, pool, folders, retryDelays }: UploadPlanning, path: string): Promise<void> {
  const { signal, request } = plan
  await withRetries(retryDelays, signal, () =>
    withClient(pool(), signal, async (client) => {
      for (const made of await make(client, path, signal)) {
        folders.madeFolder(request.endpoint, made)
        plan.events.folderMade('remote', remoteParent(made))
      }
    }),
  )
}

/** The folder above is there as a rule: it is looked for only when the server refuses. */
async function make(client: FtpClient, path: string, signal: AbortSignal): Promise<string[]> {
  try {
    return (await makeFolder(client, path, signal)) ? [path] : []
  } catch (error) {
    if (!isRefused(error) || !client.isOpen || signal.aborted) throw error
    const above = await makeFolders(client, remoteParent(path), signal)
    if (above.length === 0) throw error
    return [...above, ...((await makeFolder(client, path, signal)) ? [path] : [])]
  }
}
