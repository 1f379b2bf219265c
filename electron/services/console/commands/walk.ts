/** Walks a tree on the server, one listing at a time, for commands that only look. Names are not trusted. */
import { SluiceError, toErrorData, type ErrorData } from '../../../../common/errors.ts'
import type { Entry } from '../../../../common/models.ts'
import { joinRemote } from '../../../../common/remote-path.ts'
import type { FtpClient } from '../../../ftp/index.ts'
import { isOneName } from '../../remote-files.ts'
import { isRefusal } from '../paths.ts'

/** Folders within folders; deeper trees are loops made by broken or hostile servers. */
const DEPTH_LIMIT = 200
/** An endless tree must end somewhere. */
const ENTRY_LIMIT = 5_000_000

export interface Found {
  /** Below the folder that the walk began in, "/" between names. */
  path: string
  entry: Entry
}

export interface WalkOptions {
  signal: AbortSignal
  /** Whether to look into this folder; default: into all. @param path below the folder that the walk began in */
  into?: (path: string) => boolean
  /** Told of what could not be read; the walk goes on. */
  onProblem: (error: ErrorData) => void
}

/**
 * Yields what is in `root` and below it, in batches while they arrive. Links are not followed. Only the folders still to
 * be listed are kept in memory. The connection is busy while a batch is looked at: nothing else may be asked of `client`.
 * @throws SluiceError when `root` itself cannot be listed, unsupported beyond the limits
 */
export async function* walkRemote(
  client: FtpClient,
  root: string,
  o: WalkOptions,
): AsyncGenerator<Found[], void, void> {
  const folders = ['']
  let entries = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const below: string[] = []
    try {
      for await (const batch of listSafely(client, root, folder, o)) {
        entries += batch.length
        if (entries > ENTRY_LIMIT)
          throw new SluiceError('unsupported', `There are more than ${ENTRY_LIMIT} entries below ${root}.`)
        for (const { path, entry } of batch) if (entry.type === 'dir' && (o.into?.(path) ?? true)) below.push(path)
        yield batch
      }
    } catch (error) {
      if (folder === '' || !isRefusal(error)) throw error
      o.onProblem(toErrorData(error))
    }
    if (folder.split('/').length < DEPTH_LIMIT) folders.push(...new Set(below.toReversed()))
    else if (below.length > 0) o.onProblem(tooDeep(joinRemote(root, folder)))
  }
}

/** One folder, without the names that would lead elsewhere (CVE-2026-27699): they are told and left out. */
async function* listSafely(
  client: FtpClient,
  root: string,
  folder: string,
  { signal, onProblem }: WalkOptions,
): AsyncGenerator<Found[], void, void> {
  const where = folder === '' ? root : joinRemote(root, folder)
  const onUnreadable = (text: string): void => onProblem(unreadable(where, text))
  for await (const batch of client.list(where, { signal, raw: true, onUnreadable })) {
    const found: Found[] = []
    for (const entry of batch) {
      if (isOneName(entry.name)) found.push({ path: folder === '' ? entry.name : `${folder}/${entry.name}`, entry })
      else onProblem(noName(where, entry.name))
    }
    yield found
  }
}

/** A line of a listing that no parser could read. */
export function unreadable(folder: string, text: string): ErrorData {
  return { code: 'protocol-violation', message: `A line of the listing of ${folder} cannot be read: “${text}”.` }
}

function noName(folder: string, name: string): ErrorData {
  return {
    code: 'unsafe-name',
    message: `The listing of ${folder} has the name “${name}”, which is none; it is left out.`,
  }
}

function tooDeep(folder: string): ErrorData {
  return {
    code: 'unsupported',
    message: `${folder} lies ${DEPTH_LIMIT} folders deep, which looks like a loop; what is below is left out.`,
  }
}
