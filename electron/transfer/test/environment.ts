/** The whole way for one test: real server, real agent and clamd, real gate and engine, a fresh folder on this side. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { FINAL_STATES, type Endpoint, type TransferRequest, type TransferRow } from '../../../common/models.ts'
import { startScanner, type Scanner } from '../../../testing/scanner.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../../../testing/vsftpd.ts'
import { createPool, type FtpPool } from '../../ftp/index.ts'
import type { ScanGate } from '../../gate/index.ts'
import { createTransfers, type TransferDeps, type TransferService } from '../index.ts'

export interface World extends Scanner {
  server: Vsftpd
  endpoint: Endpoint
  transfers: TransferService
  pool: FtpPool
  /** A fresh folder on this computer. */
  local: string
  journalFile: string
  /** Conflict questions asked so far. */
  questions: Parameters<TransferDeps['ask']>[0][]
  /** Sends a request and waits until every row has ended; gives all rows of the queue. */
  run(request: WorldRequest): Promise<TransferRow[]>
  /** Waits until every row has ended. */
  settled(): Promise<TransferRow[]>
  /** Waits until `probe` is true for the rows, asked after every change. */
  until(probe: (rows: TransferRow[]) => boolean): Promise<TransferRow[]>
}

export type WorldRequest = Pick<TransferRequest, 'direction' | 'sources' | 'targetFolder'> & Partial<TransferRequest>

export interface WorldOptions {
  vsftpd?: VsftpdOptions
  ask?: TransferDeps['ask']
  parallel?: number
  retryDelays?: readonly number[]
  gate?: (gate: ScanGate) => ScanGate
  journalFile?: string
  /** Stands in for vsftpd: a scripted server's address. */
  server?: { host: string; port: number }
}

/** Builds the world. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const scanner = await startScanner()
  const server = await startVsftpd(options.vsftpd)
  onTestFinished(() => server.stop())
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-transfer-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const local = join(base, 'local')
  mkdirSync(local)
  const journalFile = options.journalFile ?? join(base, 'transfers.sqlite')
  const at = options.server ?? server
  const protocol = options.vsftpd?.tls === 'explicit' ? 'ftpes' : options.vsftpd?.tls === 'implicit' ? 'ftps' : 'ftp'
  const endpoint: Endpoint = { protocol, host: at.host, port: at.port, user: server.user }
  const pool = startPool(server, endpoint, options.parallel ?? 3)
  const questions: World['questions'] = []
  const transfers = createTransfers({
    journalFile,
    gate: options.gate ? options.gate(scanner.gate) : scanner.gate,
    pool: () => pool,
    ask: (question, signal) => {
      questions.push(question)
      if (!options.ask) throw new Error('Nobody should have been asked.')
      return options.ask(question, signal)
    },
    parallel: options.parallel ?? 3,
    retryDelays: options.retryDelays ?? [50, 100],
  })
  onTestFinished(() => transfers.dispose())
  const until = (probe: (rows: TransferRow[]) => boolean): Promise<TransferRow[]> => waitFor(transfers, probe)
  const settled = (): Promise<TransferRow[]> => until((rows) => rows.every((row) => FINAL_STATES.has(row.state)))
  return {
    ...scanner,
    restart: () => scanner.restart(),
    server,
    endpoint,
    transfers,
    pool,
    local,
    journalFile,
    questions,
    until,
    settled,
    run: async (request) => {
      await transfers.add({ transferType: 'binary', conflict: 'ask', ...request }, endpoint)
      return settled()
    },
  }
}

function startPool(server: Vsftpd, endpoint: Endpoint, max: number): FtpPool {
  let connection = 0
  const pool = createPool(
    { endpoint, password: server.password, dataMode: 'passive', ...(server.ca === '' ? {} : { ca: server.ca }) },
    { max, nextConnectionNumber: () => ++connection },
  )
  onTestFinished(() => pool.dispose())
  return pool
}

/** Waits until `probe` is true for the rows of the queue, asked now and after every change. */
export function waitFor(transfers: TransferService, probe: (rows: TransferRow[]) => boolean): Promise<TransferRow[]> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        const { rows } = transfers.list()
        if (!probe(rows)) return
        stop()
        resolve(rows)
      } catch (error) {
        stop()
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    const stop = transfers.onChange(look)
    look()
  })
}
