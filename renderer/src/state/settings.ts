import { create } from 'zustand'
import type { Settings } from '../../../common/models.ts'
import { call } from '../api.ts'

/** Main owns the settings; this mirrors them. What stands here before the start is never seen or saved. */
export const useSettings = create<Settings>()(() => ({
  theme: 'system',
  transferType: 'auto',
  dataMode: 'passive',
  confirmSeveral: true,
  conflict: 'ask',
  parallelTransfers: 3,
  showHidden: false,
  agent: { mode: 'own', engine: 'auto', clamd: '' },
}))

/** Shows the change at once, then asks main to keep it; main's answer is what stays. */
export async function updateSettings(change: Partial<Settings>): Promise<void> {
  const before = useSettings.getState()
  useSettings.setState(change)
  try {
    useSettings.setState(await call('settings.update', change), true)
  } catch (error) {
    useSettings.setState(before, true)
    throw error
  }
}

/** The theme goes to the root element, where the design tokens read it. */
export function followTheme(): void {
  const apply = ({ theme }: Settings): void => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }
  apply(useSettings.getState())
  useSettings.subscribe(apply)
}
