import { create } from 'zustand'
import { isCancelled, type ErrorCode, type ErrorData } from '../../../common/errors.ts'
import type { Entry, ListingSummary, Side } from '../../../common/models.ts'
import { remoteParent } from '../../../common/remote-path.ts'
import { call, shownError } from '../api.ts'
import {
  appendEntries,
  emptyListing,
  makeView,
  type Listing,
  type SortColumn,
  type SortOrder,
  type View,
  type ViewOptions,
} from '../lib/listing.ts'
import { localParent } from '../lib/local-path.ts'
import { NO_SELECTION, keepVisible, type Selection } from '../lib/selection.ts'
import { useSession } from './session.ts'
import { useSettings } from './settings.ts'
import { report } from './ui.ts'

export interface PaneState {
  /** Folder shown; null while there is none, like the remote one before a connection. */
  path: string | null
  /** `loading`: rows of a new folder arrive. `refreshing`: the old rows stay until the new ones are complete. */
  status: 'idle' | 'loading' | 'refreshing' | 'ready' | 'error'
  error: ErrorData | null
  listing: Listing
  view: View
  sort: SortOrder
  filter: string
  selection: Selection
  /** Lines of the server's listing that no parser could read. */
  unreadable: string[]
  /** Row whose name is being edited. */
  renaming: number | null
}

const EMPTY_PANE: PaneState = {
  path: null,
  status: 'idle',
  error: null,
  listing: emptyListing(),
  view: [],
  sort: { column: 'name', descending: false },
  filter: '',
  selection: NO_SELECTION,
  unreadable: [],
  renaming: null,
}

export const usePanes = create<Record<Side, PaneState>>()(() => ({ local: EMPTY_PANE, remote: EMPTY_PANE }))

export const paneOf = (side: Side): PaneState => usePanes.getState()[side]

function setPane(side: Side, change: Partial<PaneState>): void {
  usePanes.setState((panes) => ({ [side]: { ...panes[side], ...change } }))
}

/** A listing under way. Rows can come after main's answer, which says how many there are. */
interface Request {
  id: number
  side: Side
  /** Main is to know where the pane is then: somebody went there. */
  report: boolean
  /** Where its rows go: the pane's own listing while loading, one beside it while refreshing. */
  listing: Listing
  replace: boolean
  /** Name to select at the end, unless the person selected something else meanwhile. */
  select: string | null
  /** The selection when the request began: another one at its end is the person's. */
  before: Selection
  summary: ListingSummary | null
}

/** Starting at the clock keeps numbers of an earlier page load apart. */
let lastRequestId = Date.now()
const requests: Record<Side, Request | null> = { local: null, remote: null }

const optionsOf = (pane: PaneState): ViewOptions => ({
  sort: pane.sort,
  filter: pane.filter,
  showHidden: useSettings.getState().showHidden,
})

/**
 * Opens a folder. `cursor` names the entry to stand on: the folder one came from. `report` is false where main was there
 * first: by the time the rows are here, the console may have gone on, and must not be called back.
 */
export async function navigate(
  side: Side,
  path: string,
  cursor: string | null = null,
  { report = true }: { report?: boolean } = {},
): Promise<void> {
  const listing = emptyListing()
  setPane(side, {
    path,
    status: 'loading',
    error: null,
    listing,
    view: [],
    filter: '',
    selection: NO_SELECTION,
    unreadable: [],
    renaming: null,
  })
  const wanted = {
    id: ++lastRequestId,
    side,
    report,
    listing,
    replace: false,
    select: cursor,
    before: NO_SELECTION,
    summary: null,
  }
  await request(wanted, path)
}

/** Reads the folder again; rows, selection and scroll position stay until the new rows are complete. */
export async function refresh(side: Side, select: string | null = null): Promise<void> {
  const pane = paneOf(side)
  if (pane.path === null) return
  if (pane.status === 'error') return navigate(side, pane.path)
  // The folder is being opened: what it shows will be new enough.
  if (pane.status === 'loading' && select === null) return
  setPane(side, { status: 'refreshing' })
  // One that is overtaken leaves its wish to this one: a new folder is told of twice, by us and by main.
  const overtaken = requests[side]?.replace ? requests[side] : null
  const wanted: Request = {
    id: ++lastRequestId,
    side,
    report: false,
    listing: emptyListing(),
    replace: true,
    select: select ?? overtaken?.select ?? null,
    before: select === null && overtaken ? overtaken.before : pane.selection,
    summary: null,
  }
  await request(wanted, pane.path)
}

/** What a refresh fails with when there is no connection, and none comes about. */
const NO_CONNECTION: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'not-connected',
  'connect-failed',
  'host-not-found',
  'timeout',
])

async function request(wanted: Request, path: string): Promise<void> {
  const { side } = wanted
  requests[side] = wanted
  try {
    wanted.summary = await call(`${side}.list`, { requestId: wanted.id, path })
    finish(wanted)
  } catch (error) {
    if (requests[side] !== wanted) return
    requests[side] = null
    const data = shownError(error)
    // The session tells of a lost connection; what was read before it stays to look at.
    const stays = wanted.replace && NO_CONNECTION.has(data.code)
    if (stays || isCancelled(error)) return setPane(side, { status: 'ready' })
    const nothing = { listing: emptyListing(), view: [], selection: NO_SELECTION, renaming: null }
    setPane(side, { ...nothing, status: 'error', error: data })
  }
}

/** Ends a listing once main has answered and all its rows are here. */
function finish(done: Request): void {
  const { side, summary } = done
  if (requests[side] !== done || summary === null || done.listing.entries.length < summary.count) return
  const pane = paneOf(side)
  // New rows would take the name that is being typed away; they wait for its end.
  if (done.replace && pane.renaming !== null) return
  requests[side] = null
  const view = done.replace ? makeView(done.listing, optionsOf(pane)) : pane.view
  setPane(side, {
    path: summary.path,
    status: 'ready',
    error: null,
    unreadable: summary.unreadable,
    listing: done.listing,
    view,
    selection: selectionAfter(done, pane, view),
  })
  if (done.report) report(call('folders.set', { side, path: summary.path }))
}

/** The console went to a folder: the pane follows, unless it is there. */
export function followFolder(side: Side, path: string): void {
  const pane = paneOf(side)
  if (pane.path === path && pane.status !== 'error') return
  // The first folder of a session is opened when the login is complete: the person may have named another.
  if (side === 'remote' && pane.path === null && useSession.getState().session.state !== 'connected') return
  void navigate(side, path, null, { report: false })
}

/**
 * The selection for the rows of a listing that is complete. Rows are new after a refresh, so names carry it over: those
 * selected now, not those when the refresh began, or a menu opened meanwhile would be about the wrong files.
 */
function selectionAfter(done: Request, pane: PaneState, view: View): Selection {
  const { entries } = done.listing
  const rowNamed = (name: string | null | undefined): number | null =>
    name === null || name === undefined ? null : (view.find((row) => entries[row]?.name === name) ?? null)
  if (done.select !== null && pane.selection === done.before) {
    const row = rowNamed(done.select)
    if (row !== null) return { selected: new Set([row]), cursor: row, anchor: row }
  }
  if (!done.replace) return pane.selection
  const nameOf = (row: number): string | undefined => pane.listing.entries[row]?.name
  const names = new Set([...pane.selection.selected].map(nameOf))
  const cursor = pane.selection.cursor === null ? null : rowNamed(nameOf(pane.selection.cursor))
  return { selected: new Set(view.filter((row) => names.has(entries[row]?.name))), cursor, anchor: cursor }
}

/** Rows of a listing, as events bring them; those of an abandoned one are dropped. */
export function takeEntries(side: Side, requestId: number, entries: readonly Entry[]): void {
  const current = requests[side]
  if (current?.id !== requestId) return
  const pane = paneOf(side)
  appendEntries(current.listing, entries)
  if (!current.replace) setPane(side, { view: makeView(current.listing, optionsOf(pane)) })
  finish(current)
}

/** Forgets the remote folder, when there is no server any more. */
export function clearPane(side: Side): void {
  requests[side] = null
  setPane(side, { ...EMPTY_PANE, sort: paneOf(side).sort })
}

const followUps: Record<Side, number | undefined> = { local: undefined, remote: undefined }

/** Main says that something landed in a folder; many files make few refreshes. */
export function folderChanged(side: Side, path: string): void {
  if (paneOf(side).path !== path || followUps[side] !== undefined) return
  followUps[side] = window.setTimeout(() => {
    followUps[side] = undefined
    if (paneOf(side).path === path) void refresh(side)
  }, 250)
}

function remakeView(side: Side, change: Partial<PaneState>): void {
  const pane = { ...paneOf(side), ...change }
  const view = makeView(pane.listing, optionsOf(pane))
  setPane(side, { ...change, view, selection: keepVisible(pane.selection, view) })
}

/** A click on a column's head: sorts by it, or turns the order round. */
export function sortBy(side: Side, column: SortColumn): void {
  const { sort } = paneOf(side)
  remakeView(side, { sort: { column, descending: sort.column === column && !sort.descending } })
}

export function setFilter(side: Side, filter: string): void {
  remakeView(side, { filter })
}

export function showHiddenChanged(): void {
  remakeView('local', {})
  remakeView('remote', {})
}

export function setSelection(side: Side, selection: Selection): void {
  setPane(side, { selection })
}

export function setRenaming(side: Side, renaming: number | null): void {
  setPane(side, { renaming })
  const waiting = requests[side]
  if (waiting) finish(waiting)
}

/** Begins a rename of the entry with this name, if it is still shown. */
export function startRenaming(side: Side, name: string): void {
  const { view, listing } = paneOf(side)
  const row = view.find((index) => listing.entries[index]?.name === name)
  if (row !== undefined) setRenaming(side, row)
}

export function parentOf(side: Side, path: string): string {
  return side === 'local' ? localParent(path) : remoteParent(path)
}

/** Opens what may be a folder, a link; tells whether it was one. */
export async function tryFolder(side: Side, path: string): Promise<boolean> {
  const before = paneOf(side)
  await navigate(side, path)
  const after = paneOf(side)
  if (after.status !== 'error') return true
  if (after.error?.code === 'not-connected' || after.error?.code === 'connection-lost') return true
  requests[side] = null
  setPane(side, before)
  return false
}
