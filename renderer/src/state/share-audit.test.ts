import { beforeEach, expect, test, vi } from 'vitest'
import type { AuditEntry, AuditPage } from '../../../common/share.ts'
import { AUDIT_PAGE } from '../lib/audit-list.ts'
import {
  auditChanged,
  chooseAudit,
  clearAudit,
  loadMore,
  loadNewest,
  useShareAudit,
  watchAudit,
} from './share-audit.ts'

const initial = useShareAudit.getState()
const entry = (id: number): AuditEntry => ({
  id,
  time: id,
  kind: 'upload',
  outcome: 'ok',
  account: 'mara',
  address: null,
  path: `/${id}`,
  target: null,
  bytes: 1,
  ms: 1,
  verdict: 'OK',
  signature: null,
  detail: null,
})

let log: AuditEntry[]
let pages: AuditPage[]
/** What the next answer waits for. */
let gate: Promise<void>

beforeEach(() => {
  log = Array.from({ length: 450 }, (_, index) => entry(450 - index))
  pages = []
  gate = Promise.resolve()
  const invoke = async (channel: string, argument: AuditPage): Promise<unknown> => {
    if (channel === 'share.clearAudit') {
      const removed = log.length
      log = [entry(1000)]
      return { ok: true, value: { removed } }
    }
    pages.push(argument)
    const { before = Infinity, limit, text } = argument
    const value = log.filter(({ id, path }) => id < before && (text === undefined || path === text)).slice(0, limit)
    await gate
    return { ok: true, value }
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  useShareAudit.setState(initial, true)
})

const ids = (): number[] => useShareAudit.getState().list.entries.map(({ id }) => id)

test('page by page to the end, and no further', async () => {
  await loadNewest()
  expect(ids()).toHaveLength(AUDIT_PAGE)
  await Promise.all([loadMore(), loadMore()])
  expect(ids()).toHaveLength(2 * AUDIT_PAGE)
  await loadMore()
  await loadMore()
  expect(ids()).toEqual(log.map(({ id }) => id))
  expect(pages.map(({ before }) => before)).toEqual([undefined, 251, 51])
})

test('news while one looks are asked for together, and not at all while nobody does', async () => {
  auditChanged()
  expect(pages).toEqual([])
  const stop = watchAudit()
  log.unshift(entry(451))
  for (let i = 0; i < 5; i++) auditChanged()
  await vi.waitFor(() => expect(ids()[0]).toBe(451))
  expect(pages).toHaveLength(2)
  stop()
  auditChanged()
  expect(pages).toHaveLength(2)
})

test('an answer for another filter is thrown away', async () => {
  let open: () => void = () => undefined
  gate = new Promise((resolve) => (open = resolve))
  const first = loadNewest()
  chooseAudit({ text: '/7' })
  open()
  await first
  await vi.waitFor(() => expect(useShareAudit.getState().state).toBe('ready'))
  expect(ids()).toEqual([7])
})

test('a cleared log shows only that it was cleared', async () => {
  await loadNewest()
  await clearAudit()
  expect(ids()).toEqual([1000])
})
