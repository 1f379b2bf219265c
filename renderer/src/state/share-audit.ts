import { create } from 'zustand'
import { formatCount, plural } from '../../../common/format.ts'
import type { ErrorData } from '../../../common/errors.ts'
import { call, shownError } from '../api.ts'
import {
  ALL_AUDIT,
  appendPage,
  AUDIT_MOST,
  AUDIT_PAGE,
  EMPTY_AUDIT,
  filterOf,
  mergeNewest,
  type AuditChoice,
  type AuditList,
} from '../lib/audit-list.ts'
import { visibleName } from '../lib/names.ts'
import { report, toast } from './ui.ts'

/** The audit log as far as it has been scrolled through. */
interface AuditSlice {
  choice: AuditChoice
  list: AuditList
  state: 'idle' | 'loading' | 'ready'
  error: ErrorData | null
}

export const useShareAudit = create<AuditSlice>()(() => ({
  choice: ALL_AUDIT,
  list: EMPTY_AUDIT,
  state: 'idle',
  error: null,
}))

/** Tells answers for another filter, or of a log since cleared, from those that count. */
let epoch = 0
let fetchingNewest = false
let again = false
let fetchingMore = false

/** Asks for the newest entries; asked once more at the end, if meanwhile there were newer ones. */
export async function loadNewest(): Promise<void> {
  if (fetchingNewest) {
    again = true
    return
  }
  fetchingNewest = true
  const mine = epoch
  useShareAudit.setState(({ state }) => (state === 'idle' ? { state: 'loading' } : {}))
  try {
    const page = await call('share.audit', { ...filterOf(useShareAudit.getState().choice), limit: AUDIT_PAGE })
    if (mine === epoch) {
      useShareAudit.setState(({ list }) => ({ list: mergeNewest(list, page), state: 'ready', error: null }))
    } else again = true
  } catch (error) {
    if (mine === epoch) useShareAudit.setState({ state: 'ready', error: shownError(error) })
    else again = true
  } finally {
    fetchingNewest = false
  }
  if (!again) return
  again = false
  await loadNewest()
}

/** The page after the last entry, for when one has scrolled there. */
export async function loadMore(): Promise<void> {
  const { list, choice } = useShareAudit.getState()
  const before = list.entries.at(-1)?.id
  if (fetchingMore || list.complete || before === undefined || list.entries.length >= AUDIT_MOST) return
  fetchingMore = true
  const mine = epoch
  try {
    const page = await call('share.audit', { ...filterOf(choice), before, limit: AUDIT_PAGE })
    if (mine !== epoch) return
    useShareAudit.setState((now) => ({ list: appendPage(now.list, page), error: null }))
    const { entries, complete } = useShareAudit.getState().list
    if (entries.length >= AUDIT_MOST && !complete) {
      toast(`The newest ${formatCount(AUDIT_MOST)} entries are listed. Filter to see older ones, or export them all.`)
    }
  } catch (error) {
    if (mine === epoch) useShareAudit.setState({ error: shownError(error) })
  } finally {
    fetchingMore = false
  }
}

/** Another filter: the list begins anew. */
export function chooseAudit(change: Partial<AuditChoice>): void {
  epoch++
  useShareAudit.setState(({ choice }) => ({
    choice: { ...choice, ...change },
    list: EMPTY_AUDIT,
    state: 'loading',
    error: null,
  }))
  void loadNewest()
}

let watching = false

/** Keeps it up to date while it is on the screen. @returns what ends it */
export function watchAudit(): () => void {
  watching = true
  void loadNewest()
  return () => {
    watching = false
  }
}

/** An event says that there is something new. */
export function auditChanged(): void {
  if (watching) void loadNewest()
}

/** Removes what the filter shows. */
export async function clearAudit(): Promise<void> {
  const { removed } = await call('share.clearAudit', filterOf(useShareAudit.getState().choice))
  epoch++
  useShareAudit.setState({ list: EMPTY_AUDIT })
  toast(`${plural(removed, 'entry', 'entries')} cleared.`)
  await loadNewest()
}

export function exportAudit(format: 'csv' | 'json'): void {
  report(
    call('share.exportAudit', format, filterOf(useShareAudit.getState().choice)).then((done) => {
      if (!done) return
      const { entries, file } = done
      toast(`${plural(entries, 'entry', 'entries')} written to ${visibleName(file)}.`)
    }),
  )
}
