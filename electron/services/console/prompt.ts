/** What stands before the cursor. */
import type { ScanPolicy } from '../../../common/models.ts'
import { printable } from './output.ts'
import type { ConsoleHost } from './types.ts'

/** "ftp.example.org:/pub> ", "sluice> " without a session; says loudly what is not scanned. */
export function promptOf({ session, folders, gate }: Pick<ConsoleHost, 'session' | 'folders' | 'gate'>): string {
  const { state } = session
  const unscanned = unscannedWords(gate.policy())
  const loud = unscanned === null ? '' : `[${unscanned.toUpperCase()} NOT SCANNED] `
  if (state.state === 'disconnected') return `${loud}sluice> `
  const { host } = state.endpoint
  const folder = folders.get().remote ?? ''
  const where = `${host}:${printable(folder)}`
  return state.state === 'lost' ? `${loud}${where} (lost)> ` : `${loud}${where}> `
}

/** What is not scanned: "uploads", "downloads", "uploads and downloads"; null when everything is. */
export function unscannedWords({ upload, download }: ScanPolicy): string | null {
  if (upload && download) return null
  if (upload) return 'downloads'
  return download ? 'uploads' : 'uploads and downloads'
}
