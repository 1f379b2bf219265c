import { create } from 'zustand'
import type { LiveSession, LiveTransfer } from '../../../common/share.ts'
import { call } from '../api.ts'
import { report } from './ui.ts'

/** Who is connected and what moves, for as long as somebody looks. */
interface LiveSlice {
  /** False until the first report after one began to look. */
  known: boolean
  sessions: readonly LiveSession[]
  transfers: readonly LiveTransfer[]
}

const NOTHING: LiveSlice = { known: false, sessions: [], transfers: [] }

export const useShareLive = create<LiveSlice>()(() => NOTHING)

export function takeLive(sessions: readonly LiveSession[], transfers: readonly LiveTransfer[]): void {
  useShareLive.setState({ known: true, sessions, transfers })
}

/**
 * Asks for reports while the list is on the screen, and for none while the window is hidden.
 * @returns what ends it
 */
export function watchLive(): () => void {
  let watching = false
  const follow = (): void => {
    const wanted = document.visibilityState === 'visible'
    if (wanted === watching) return
    watching = wanted
    report(call('share.watch', wanted))
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    if (watching) report(call('share.watch', false))
    // The next look must not begin with what was true long ago.
    useShareLive.setState(NOTHING)
  }
}

export function kick(session: number): void {
  report(call('share.kick', session))
}
