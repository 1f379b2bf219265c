import { expect, test } from 'vitest'
import { auditKindSchema, auditPageSchema, type AuditEntry } from '../../../common/share.ts'
import {
  ALL_AUDIT,
  appendPage,
  AUDIT_MOST,
  EMPTY_AUDIT,
  filterOf,
  isFiltered,
  KIND_GROUPS,
  mergeNewest,
  type AuditList,
} from './audit-list.ts'

const entry = (id: number): AuditEntry => ({
  id,
  time: id,
  kind: 'login',
  outcome: 'ok',
  account: 'mara',
  address: null,
  path: null,
  target: null,
  bytes: null,
  ms: null,
  verdict: null,
  signature: null,
  detail: null,
})
const page = (...ids: number[]): AuditEntry[] => ids.map(entry)
const ids = ({ entries, complete }: AuditList): (number | string)[] => [
  ...entries.map(({ id }) => id),
  complete ? 'end' : 'more',
]

test('page after page, until one is not full', () => {
  let list = appendPage(EMPTY_AUDIT, page(9, 8, 7), 3)
  expect(ids(list)).toEqual([9, 8, 7, 'more'])
  list = appendPage(list, page(6, 5, 4), 3)
  expect(ids(list)).toEqual([9, 8, 7, 6, 5, 4, 'more'])
  expect(ids(appendPage(list, page(), 3))).toEqual([9, 8, 7, 6, 5, 4, 'end'])
  // The answer to a question asked twice.
  expect(ids(appendPage(list, page(6, 5, 4), 3))).toEqual([9, 8, 7, 6, 5, 4, 'more'])
})

test('of a long log only so much is held, the newest', () => {
  const held = page(...Array.from({ length: AUDIT_MOST }, (_, index) => AUDIT_MOST + 10 - index))
  const full = appendPage({ entries: held, complete: false }, page(10, 9, 8), 3)
  expect(full.entries).toEqual(held)
  expect(full.complete).toBe(false)
  const newer = mergeNewest(full, page(AUDIT_MOST + 11, AUDIT_MOST + 10, AUDIT_MOST + 9), 3)
  expect(newer.entries).toHaveLength(AUDIT_MOST)
  expect(newer.entries[0]?.id).toBe(AUDIT_MOST + 11)
  // The oldest were among them; now they are not.
  expect(mergeNewest({ ...full, complete: true }, page(AUDIT_MOST + 11, AUDIT_MOST + 10), 2).complete).toBe(false)
})

test('what is new comes on top, and what was fetched before stays', () => {
  const list = appendPage(appendPage(EMPTY_AUDIT, page(9, 8, 7), 3), page(6, 5, 4), 3)
  expect(ids(mergeNewest(list, page(10, 9, 8), 3))).toEqual([10, 9, 8, 7, 6, 5, 4, 'more'])
  expect(mergeNewest(list, page(9, 8, 7), 3).entries).toBe(list.entries)
  expect(ids(mergeNewest(EMPTY_AUDIT, page(2, 1), 3))).toEqual([2, 1, 'end'])
})

test('a gap or a cleared log begins the list anew', () => {
  const list = appendPage(EMPTY_AUDIT, page(9, 8, 7), 3)
  expect(ids(mergeNewest(list, page(30, 29, 28), 3))).toEqual([30, 29, 28, 'more'])
  expect(ids(mergeNewest(list, page(10), 3))).toEqual([10, 'end'])
  expect(ids(mergeNewest(list, page(), 3))).toEqual(['end'])
  // Only some were cleared.
  expect(ids(mergeNewest(list, page(10, 9, 7), 3))).toEqual([10, 9, 7, 'more'])
})

test('the filter asks for what was chosen, and is one the server takes', () => {
  expect(filterOf(ALL_AUDIT)).toEqual({})
  expect(isFiltered({ ...ALL_AUDIT, text: '  ' })).toBe(false)
  expect(filterOf({ text: ' mara ', kind: 'Transfers', outcome: 'blocked' })).toEqual({
    text: 'mara',
    kinds: ['upload', 'download'],
    outcomes: ['blocked'],
  })
  expect(filterOf({ ...ALL_AUDIT, kind: 'kicked' })).toEqual({ kinds: ['kicked'] })
  expect(auditPageSchema.safeParse({ ...filterOf({ ...ALL_AUDIT, text: 'x'.repeat(5000) }), limit: 1 }).success).toBe(
    true,
  )
})

test('every kind stands under one heading', () => {
  const listed = KIND_GROUPS.flatMap(({ kinds }) => kinds)
  expect(listed.toSorted()).toEqual(auditKindSchema.options.toSorted())
})
