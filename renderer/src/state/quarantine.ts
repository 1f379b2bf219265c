import { create } from 'zustand'
import type { QuarantineItem } from '../../../common/models.ts'
import { call } from '../api.ts'
import { report } from './ui.ts'

export const useQuarantine = create<{ items: QuarantineItem[] }>()(() => ({ items: [] }))

export function removeQuarantined(ids: string[]): void {
  report(call('quarantine.remove', ids).then((items) => useQuarantine.setState({ items })))
}
