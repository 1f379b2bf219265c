/** What the session's tests share: a server and a session, both ended with the test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ConnectRequest, Protocol, SessionState } from '../../../common/models.ts'
import { startScriptedServer, type ScriptedOptions, type ScriptedServer } from '../../../testing/scripted-server.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../../../testing/vsftpd.ts'
import { Certificates } from '../certificates.ts'
import { Connections, type ConnectionsDeps } from '../connections.ts'
import { ProtocolLog } from '../protocol-log.ts'
import { Session, type SessionTimings } from '../session.ts'
import { Folders } from '../working-folders.ts'

export async function startServer(options?: VsftpdOptions): Promise<Vsftpd> {
  const server = await startVsftpd(options)
  onTestFinished(() => server.stop())
  return server
}

export async function scripted(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(options)
  onTestFinished(() => server.stop())
  return server
}

export interface SessionOptions {
  /** What is said to certificates that do not verify. */
  answer?: 'once' | 'no'
  timings?: Partial<SessionTimings>
  connections?: Partial<ConnectionsDeps>
  onState?: (state: SessionState) => void
}

export interface TestSession {
  session: Session
  connections: Connections
  folders: Folders
  /** Every state told so far. */
  states: SessionState[]
  log: ProtocolLog
}

/** A session that is not retried by itself unless the timings say so. */
export async function createSession(o: SessionOptions = {}): Promise<TestSession> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-session-'))
  const states: SessionState[] = []
  const log = new ProtocolLog()
  const connections = new Connections({
    certificates: await Certificates.open(join(folder, 'certificates.json'), async () => ({
      kind: 'certificate',
      answer: o.answer ?? 'no',
    })),
    log,
    dataMode: () => 'passive',
    parallel: () => 2,
    ...o.connections,
  })
  const folders = new Folders('/')
  const timings = { retryDelays: [], ...o.timings }
  const tell = (state: SessionState): void => {
    states.push(state)
    o.onState?.(state)
  }
  const session = new Session(connections, folders, tell, timings)
  onTestFinished(async () => {
    await session.disconnect()
    await connections.dispose()
    await rm(folder, { recursive: true })
  })
  return { session, connections, folders, states, log }
}

export function request(
  server: { host: string; port: number; user?: string; password?: string },
  protocol: Protocol = 'ftp',
): ConnectRequest {
  const { host, port, user = 'me', password = 'geheim' } = server
  return { protocol, host, port, user, password }
}
