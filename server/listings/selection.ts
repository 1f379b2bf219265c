/** What a listing's argument means: a folder's content, one thing, or what fits a pattern. */
import type { Facts, UserFiles } from '../files/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { fits, isPattern } from './pattern.ts'

export interface Selection {
  /** In batches as the disk gives them. */
  batches: AsyncIterable<readonly Facts[]>
  /** What NLST puts before names, so that they are paths which other commands take; '' or with "/" at its end. */
  prefix: string
  kind: 'folder' | 'single'
}

async function* only(facts: Facts): AsyncGenerator<readonly Facts[]> {
  yield [facts]
}

async function* matching(
  batches: AsyncIterable<readonly Facts[]>,
  pattern: string,
  all: boolean,
): AsyncGenerator<readonly Facts[]> {
  for await (const batch of batches) yield batch.filter(({ name }) => fits(pattern, name, all))
}

/** "a/b/" of "a/b/c", "" of "c", with either slash. */
function folderPart(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/**
 * @param path as the client gave it; '' is the working folder
 * @throws ReplyError 550 not there
 */
export async function selection(
  files: UserFiles,
  workingFolder: string,
  { path, all, itself }: { path: string; all: boolean; itself: boolean },
  signal: AbortSignal,
): Promise<Selection> {
  const folder = folderPart(path)
  const pattern = path.slice(folder.length)
  const exact = await exactly(files, workingFolder, path).catch((error: unknown) => {
    // A file may bear such a name itself, so the pattern comes second; on Windows none may, which is 553.
    if (error instanceof ReplyError && isPattern(pattern)) return null
    throw error
  })
  if (exact === null) {
    const inside = files.resolve(workingFolder, folder)
    await files.enter(inside)
    return { batches: matching(files.list(inside, signal), pattern, all), prefix: folder, kind: 'folder' }
  }
  const { absolute, facts } = exact
  if (facts.type !== 'dir' || itself) return { batches: only(facts), prefix: folder, kind: 'single' }
  await files.enter(absolute)
  const bare = path === '' || path === '.' || path === './'
  return {
    batches: files.list(absolute, signal),
    prefix: bare ? '' : /[/\\]$/.test(path) ? path : `${path}/`,
    kind: 'folder',
  }
}

async function exactly(
  files: UserFiles,
  workingFolder: string,
  path: string,
): Promise<{ absolute: string; facts: Facts }> {
  const absolute = files.resolve(workingFolder, path)
  return { absolute, facts: await files.facts(absolute) }
}
