import type { Entry, RemovalResult, Side } from '../../../common/models.ts'
import { joinRemote, remoteBasename } from '../../../common/remote-path.ts'
import { call, pathForFile } from '../api.ts'
import { remoteUrl } from '../../../common/ftp-url.ts'
import { joinLocal, localBasename } from '../lib/local-path.ts'
import { actionRows } from '../lib/selection.ts'
import { navigate, paneOf, parentOf, refresh, tryFolder, type PaneState } from './panes.ts'
import { currentEndpoint, useSession } from './session.ts'
import { requestTransfer } from './transfers.ts'
import { openDialog, report, toast } from './ui.ts'

/** What can be done with the rows of a pane, from keys, menus and drops alike. */

const otherSide = (side: Side): Side => (side === 'local' ? 'remote' : 'local')

export function joinPath(side: Side, folder: string, name: string): string {
  return side === 'local' ? joinLocal(folder, name) : joinRemote(folder, name)
}

/** The entries an action is about: the selection, else the one under the cursor. */
export function actionEntries(side: Side): Entry[] {
  return entriesOf(paneOf(side))
}

/** The same of a pane's state at hand. */
export function entriesOf({ selection, view, listing }: PaneState): Entry[] {
  return actionRows(selection, view).flatMap((row) => listing.entries[row] ?? [])
}

export function goUp(side: Side): void {
  const { path } = paneOf(side)
  if (path === null) return
  const parent = parentOf(side, path)
  if (parent !== path) void navigate(side, parent, side === 'local' ? localBasename(path) : remoteBasename(path))
}

/** Enter and double click: a folder opens, a file goes to the other side, a link does what it points to. */
export async function openEntry(side: Side, entry: Entry): Promise<void> {
  const { path } = paneOf(side)
  if (path === null) return
  const target = joinPath(side, path, entry.name)
  if (entry.type === 'dir') await navigate(side, target)
  else if (entry.type !== 'link' || !(await tryFolder(side, target))) transfer(side, [entry])
}

/** Sends entries to a folder of the other side, by default the one shown there. */
export function transfer(side: Side, entries: readonly Entry[], targetFolder?: string): void {
  const from = paneOf(side).path
  const to = targetFolder ?? paneOf(otherSide(side)).path
  if (useSession.getState().session.state !== 'connected') {
    toast('Connect to a server first, then files can be transferred.', 'error')
    return
  }
  if (from === null || to === null) return
  requestTransfer({
    direction: side === 'local' ? 'upload' : 'download',
    sources: entries.map(({ name, type }) => ({ path: joinPath(side, from, name), type })),
    targetFolder: to,
  })
}

/** Files dropped from the operating system go up. */
export function uploadDropped(data: DataTransfer, targetFolder: string): void {
  const sources = [...data.items].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null
    const path = file ? pathForFile(file) : ''
    if (path === '') return []
    const isFolder = item.webkitGetAsEntry()?.isDirectory === true
    return [{ path, type: isFolder ? ('dir' as const) : ('file' as const) }]
  })
  if (sources.length === 0) toast('What was dropped is not a file on this computer, so it cannot be uploaded.', 'error')
  else requestTransfer({ direction: 'upload', sources, targetFolder })
}

export async function makeFolder(side: Side, folder: string, name: string): Promise<void> {
  await call(`${side}.mkdir`, { folder, name })
  if (paneOf(side).path === folder) await refresh(side, name)
}

export async function rename(side: Side, from: string, to: string): Promise<void> {
  const folder = paneOf(side).path
  if (folder === null || from === to) return
  await call(`${side}.rename`, { folder, from, to })
  if (paneOf(side).path === folder) await refresh(side, to)
}

export function askToDelete(side: Side, entries: Entry[] = actionEntries(side)): void {
  const { path } = paneOf(side)
  if (path !== null && entries.length > 0) openDialog({ kind: 'delete', side, folder: path, entries })
}

/** Removes entries, in several calls where there are too many for one; what failed is listed afterwards. */
export async function removeEntries(side: Side, folder: string, entries: readonly Entry[]): Promise<void> {
  const total: RemovalResult = { removed: 0, failed: [] }
  try {
    for (let i = 0; i < entries.length; i += 50_000) {
      const part = entries.slice(i, i + 50_000)
      const result =
        side === 'local'
          ? await call('local.remove', { folder, names: part.map((entry) => entry.name) })
          : await call('remote.remove', { folder, entries: part.map(({ name, type }) => ({ name, type })) })
      total.removed += result.removed
      total.failed.push(...result.failed)
    }
  } finally {
    if (paneOf(side).path === folder) void refresh(side)
  }
  if (total.failed.length > 0) openDialog({ kind: 'removal-failures', result: total })
}

function copy(text: string, what: string): void {
  report(call('clipboard.write', text).then(() => toast(`${what} copied.`)))
}

const pathsOf = (side: Side, entries: readonly Entry[]): string[] => {
  const { path } = paneOf(side)
  if (path === null) return []
  return entries.length === 0 ? [path] : entries.map((entry) => joinPath(side, path, entry.name))
}

/** Paths of the entries to the clipboard, a line each; of the folder without any. */
export function copyPaths(side: Side, entries: readonly Entry[]): void {
  const paths = pathsOf(side, entries)
  copy(paths.join('\n'), paths.length === 1 ? 'Path' : 'Paths')
}

/** The same as addresses of the server. */
export function copyUrls(entries: readonly Entry[]): void {
  const endpoint = currentEndpoint(useSession.getState().session)
  if (!endpoint) return
  const paths = pathsOf('remote', entries)
  copy(paths.map((path) => remoteUrl(endpoint, path)).join('\n'), paths.length === 1 ? 'URL' : 'URLs')
}
