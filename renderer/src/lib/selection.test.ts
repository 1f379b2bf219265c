import { expect, test } from 'vitest'
import {
  NO_SELECTION,
  actionRows,
  clickRow,
  keepVisible,
  moveBy,
  moveTo,
  selectAll,
  toggleCursor,
  type Selection,
} from './selection.ts'

// Rows 10..15, in an order that is not that of their numbers.
const view = [13, 11, 15, 10, 14, 12]
const plain = { toggle: false, extend: false }
const ctrl = { toggle: true, extend: false }
const shift = { toggle: false, extend: true }
const rows = (selection: Selection): number[] => actionRows(selection, view)

test('a click selects one row, ctrl adds and removes', () => {
  let s = clickRow(NO_SELECTION, view, 15, plain)
  s = clickRow(s, view, 12, ctrl)
  expect(rows(s)).toEqual([15, 12])
  s = clickRow(s, view, 15, ctrl)
  expect(rows(s)).toEqual([12])
  expect(rows(clickRow(s, view, 10, plain))).toEqual([10])
})

test('shift selects the range in the order shown, from a fixed anchor', () => {
  let s = clickRow(NO_SELECTION, view, 10, plain)
  s = clickRow(s, view, 12, shift)
  expect(rows(s)).toEqual([10, 14, 12])
  s = clickRow(s, view, 11, shift)
  expect(rows(s)).toEqual([11, 15, 10])
})

test('ctrl and shift together add a range', () => {
  let s = clickRow(NO_SELECTION, view, 13, plain)
  s = clickRow(s, view, 10, ctrl)
  s = clickRow(s, view, 12, { toggle: true, extend: true })
  expect(rows(s)).toEqual([13, 10, 14, 12])
})

test('arrows move and stop at the ends', () => {
  let s = moveBy(NO_SELECTION, view, 1, plain)
  expect(rows(s)).toEqual([13])
  s = moveBy(s, view, -5, plain)
  expect(s.cursor).toBe(13)
  s = moveBy(s, view, 100, plain)
  expect(rows(s)).toEqual([12])
})

test('shift and arrows grow and shrink the range', () => {
  let s = moveTo(NO_SELECTION, view, 2, plain)
  s = moveBy(s, view, 2, shift)
  expect(rows(s)).toEqual([15, 10, 14])
  s = moveBy(s, view, -1, shift)
  expect(rows(s)).toEqual([15, 10])
})

test('ctrl and arrows move the cursor alone, space toggles there', () => {
  let s = moveTo(NO_SELECTION, view, 0, plain)
  s = moveBy(s, view, 2, ctrl)
  expect(rows(s)).toEqual([13])
  s = toggleCursor(s)
  expect(rows(s)).toEqual([13, 15])
})

test('everything shown is selected by ctrl+A', () => {
  expect(selectAll(NO_SELECTION, view).selected.size).toBe(6)
  expect(selectAll(NO_SELECTION, view).cursor).toBe(13)
})

test('rows that a filter hides leave the selection', () => {
  const s = keepVisible(selectAll(clickRow(NO_SELECTION, view, 12, plain), view), [13, 11])
  expect(actionRows(s, [13, 11])).toEqual([13, 11])
  expect(s.cursor).toBeNull()
})

test('without a selection an action is about the row under the cursor', () => {
  expect(rows({ selected: new Set(), cursor: 14, anchor: null })).toEqual([14])
  expect(rows(NO_SELECTION)).toEqual([])
})
