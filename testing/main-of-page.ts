/** What a page finds of the main process when it loads, for tests of the window's state without a window. */
import { vi } from 'vitest'
import type { AppEvent } from '../common/ipc.ts'

export interface MainOfPage {
  /** Main's answers by channel; one without gets an empty list, a listing an empty folder. */
  answers: Record<string, unknown>
  /** Calls that main was asked for: channel, and the folder where there is one. */
  asked: string[]
  /** Main's events, once the page listens. */
  send(events: AppEvent[]): void
}

/** Puts a main without a session in place, with these answers in place of the usual ones. */
export function stubMain(changed: Record<string, unknown> = {}): MainOfPage {
  const main: MainOfPage = {
    answers: {
      'scanner.status': { state: 'starting' },
      'session.get': { state: 'disconnected', error: null },
      'app.info': {},
      'scan.policy': { upload: true, download: true },
      'folders.get': { local: '/home/mara', remote: null },
      'transfers.list': { rows: [], totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 } },
      ...changed,
    },
    asked: [],
    send: () => undefined,
  }
  const invoke = async (channel: string, argument?: { path?: string }): Promise<unknown> => {
    main.asked.push(`${channel} ${argument?.path ?? ''}`.trim())
    const listed = { path: argument?.path, count: 0, unreadable: [] }
    return { ok: true, value: await (main.answers[channel] ?? (channel.endsWith('.list') && argument ? listed : [])) }
  }
  const onEvents = (callback: MainOfPage['send']): void => {
    main.send = callback
  }
  vi.stubGlobal('window', { sluice: { invoke, onEvents } })
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))
  return main
}
