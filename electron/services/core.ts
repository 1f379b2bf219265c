/**
 * Everything that works without a window, built and wired: connections, session, gate, agent, queue. The app's
 * composition root puts a window on top of it, the command line a terminal. Plain Node.
 */
import { join } from 'node:path'
import type { QuestionAnswer, QuestionBody, SessionState } from '../../common/models.ts'
import type { Timeouts } from '../ftp/index.ts'
import { AgentSupervisor, createGate, type AgentAddress, type ForkAgent, type ScanGate } from '../gate/index.ts'
import { createTransfers, type TransferService } from '../transfer/index.ts'
import { Certificates } from './certificates.ts'
import { Connections } from './connections.ts'
import { ProtocolLog } from './protocol-log.ts'
import { Session } from './session.ts'
import type { SettingsStore } from './settings.ts'
import { Folders } from './working-folders.ts'

export interface CoreOptions {
  /** Absolute folder of what outlives the run: certificates trusted, quarantine. Made when needed. */
  dataFolder: string
  /** Absolute path of the transfers' journal, or ":memory:". */
  journalFile: string
  /** Absolute folder that local names start from. */
  localFolder: string
  settings: SettingsStore
  forkAgent: ForkAgent
  /** False: `supervisor.start()` is left to the caller, for runs that may scan nothing. Default true. */
  startAgent?: boolean
  /** Asks the person. @throws SluiceError cancelled when the signal aborts, needs-answer when nobody is there */
  ask<B extends QuestionBody>(question: B, signal: AbortSignal): Promise<Extract<QuestionAnswer, { kind: B['kind'] }>>
  onSession(state: SessionState): void
  /** The one certificate any server may have (SHA-256, upper-case hex pairs joined by ":"). */
  onlyFingerprint?: string
  timeouts?: Partial<Timeouts>
  /** How long a scan waits for an agent that is not ready, in ms; absent: the gate's own patience. */
  scannerPatience?: number
}

export interface Core {
  settings: SettingsStore
  session: Session
  certificates: Certificates
  folders: Folders
  log: ProtocolLog
  gate: ScanGate
  supervisor: AgentSupervisor
  transfers: TransferService
  /** Absolute. */
  quarantineFolder: string
  /** Tells now and from now on where the scanning agent is, null while there is none; for one other than the gate. */
  onAgent(listener: (address: AgentAddress | null) => void): void
  /** Ends everything in order: part files, temporary names on servers and the journal first, the agent last. */
  dispose(): Promise<void>
}

/** @throws SluiceError local-io when the data folder cannot be used */
export async function createCore(o: CoreOptions): Promise<Core> {
  const { settings } = o
  const certificates = await Certificates.open(join(o.dataFolder, 'certificates.json'), (question, signal) =>
    o.ask(question, signal),
  )
  const log = new ProtocolLog()
  const connections = new Connections({
    certificates,
    log,
    dataMode: () => settings.get().dataMode,
    parallel: () => settings.get().parallelTransfers,
    ...(o.onlyFingerprint === undefined ? {} : { onlyFingerprint: o.onlyFingerprint }),
    ...(o.timeouts === undefined ? {} : { timeouts: o.timeouts }),
  })
  const folders = new Folders(o.localFolder)
  const session = new Session(connections, folders, (state) => o.onSession(state))
  const quarantineFolder = join(o.dataFolder, 'quarantine')
  const gate = createGate({
    quarantineFolder,
    ...(o.scannerPatience === undefined ? {} : { patience: o.scannerPatience }),
  })
  const transfers = createTransfers({
    journalFile: o.journalFile,
    gate,
    pool: (endpoint) => connections.pool(endpoint),
    ask: (question, signal) => o.ask(question, signal),
    parallel: settings.get().parallelTransfers,
  })
  // Last, so that no agent is left behind by a journal that cannot be opened.
  let agent: AgentAddress | null = null
  let tellAgent: (address: AgentAddress | null) => void = () => undefined
  const useAgent: ScanGate['useAgent'] = (address, whyNot) => {
    gate.useAgent(address, whyNot)
    agent = address
    tellAgent(address)
  }
  const supervisor = new AgentSupervisor({ useAgent }, o.forkAgent, settings.get().agent)
  if (o.startAgent !== false) supervisor.start()
  const stopListening = settings.onChange((now, before) => {
    if (now.parallelTransfers !== before.parallelTransfers) {
      transfers.setParallel(now.parallelTransfers)
      connections.resize(now.parallelTransfers)
    }
    if (JSON.stringify(now.agent) !== JSON.stringify(before.agent)) supervisor.restart(now.agent)
  })
  return {
    settings,
    session,
    certificates,
    folders,
    log,
    gate,
    supervisor,
    transfers,
    quarantineFolder,
    onAgent(listener) {
      tellAgent = listener
      listener(agent)
    },
    async dispose() {
      stopListening()
      await Promise.allSettled([transfers.dispose(), session.disconnect()])
      try {
        await connections.dispose()
      } finally {
        supervisor.dispose()
        gate.dispose()
      }
    },
  }
}
