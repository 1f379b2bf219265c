import { create } from 'zustand'
import type { ScannerStatus } from '../../../common/models.ts'
import { call } from '../api.ts'
import { report } from './ui.ts'

export const useScanner = create<{ status: ScannerStatus }>()(() => ({ status: { state: 'starting' } }))

export const restartScanner = (): void => report(call('scanner.restart'))
