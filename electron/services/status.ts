/** What there is to know right now about the session, its modes, its folders and the scanner. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { StatusReport } from '../../common/models.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { ScanGate } from '../gate/index.ts'
import type { Session } from './session.ts'
import type { SettingsStore } from './settings.ts'
import type { Folders } from './working-folders.ts'

/** How long the server may take to tell about itself, in ms; a long listing may be under way before it. */
const STAT_TIMEOUT = 5_000

export interface StatusDeps {
  session: Session
  settings: SettingsStore
  folders: Folders
  gate: ScanGate
}

/**
 * Puts the report together. It asks the server (STAT) when there is a session, and never opens one for that; a server that
 * does not tell is an error within the report.
 * @param o.timeout ms for the server
 * @throws SluiceError cancelled when the signal aborts
 */
export async function sessionStatus(
  { session, settings, folders, gate }: StatusDeps,
  o: { signal?: AbortSignal; timeout?: number } = {},
): Promise<StatusReport> {
  const { client } = session
  const server = client ? await serverStatus(session, client, o.signal, o.timeout ?? STAT_TIMEOUT) : null
  const { transferType, dataMode, confirmSeveral, conflict } = settings.get()
  return {
    session: session.state,
    tls: client?.tls ?? null,
    features: client?.features.list() ?? [],
    transferType,
    dataMode,
    confirmSeveral,
    conflict,
    folders: folders.get(),
    scanner: gate.status(),
    scanPolicy: gate.policy(),
    server,
  }
}

async function serverStatus(
  session: Session,
  client: FtpClient,
  outer: AbortSignal | undefined,
  timeout: number,
): Promise<StatusReport['server']> {
  const limit = AbortSignal.timeout(timeout)
  const signal = outer ? AbortSignal.any([outer, limit]) : limit
  try {
    return { text: await session.run((current) => current.stat('', { signal })) }
  } catch (error) {
    if (outer?.aborted) throw new SluiceError('cancelled', 'Cancelled.', { cause: error })
    if (limit.aborted && client.isOpen) {
      const { host } = session.endpoint
      const seconds = Math.round(timeout / 1000)
      return { error: { code: 'timeout', message: `${host} did not tell its status within ${seconds} s.` } }
    }
    return { error: toErrorData(error) }
  }
}
