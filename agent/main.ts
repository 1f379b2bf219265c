#!/usr/bin/env node
/** `sluice-agent`: the scanning agent's entry, and (in a worker thread) that of its YARA workers. */
import { isMainThread, workerData } from 'node:worker_threads'
import manifest from '../package.json' with { type: 'json' }
import type { AgentReady } from '../common/agent-api.ts'
import { SluiceError } from '../common/errors.ts'
import { onParentGone, parentProcess } from '../common/parent-process.ts'
import { ClamdEngine } from './engines/clamd.ts'
import { selectEngine } from './engines/select.ts'
import { isYaraWorkerData, runYaraWorker } from './engines/yara-worker.ts'
import { startAgentServer } from './http-server.ts'
import { HELP, readOptions } from './options.ts'

/** Serves until it is told to end. Throws `bad-argument` for a wrong command line. */
async function run(): Promise<void> {
  const options = await readOptions(process.argv.slice(2), process.env)
  if (options === 'help') return void process.stdout.write(HELP)
  if (options === 'version') return void process.stdout.write(`sluice-agent ${manifest.version}\n`)
  const engine = await selectEngine({
    engine: options.engine,
    clamd: options.clamd,
    clamdConfig: options.clamdConfig,
    clamscan: { program: options.clamscan, database: options.database },
    workerEntry: new URL(import.meta.url),
  })
  const server = await startAgentServer(engine, { ...options, version: manifest.version })
  const end = (): void => {
    // A scan under way must not keep an agent whose app has gone: its client has gone with it.
    void server.close().finally(() => process.exit(0))
  }
  onParentGone(end)
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const parent = parentProcess()
  parent?.post({ type: 'listening', port: server.port } satisfies AgentReady)
  if (parent !== null || process.send) return
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  const speaker = engine instanceof ClamdEngine ? engine.description : engine.name
  process.stdout.write(`Listening on ${options.tls ? 'https' : 'http'}://${host}:${server.port} (${speaker})\n`)
}

if (isMainThread) {
  run().catch((error: unknown) => {
    process.stderr.write(`sluice-agent: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = error instanceof SluiceError && error.code === 'bad-argument' ? 2 : 1
  })
} else if (isYaraWorkerData(workerData)) {
  runYaraWorker()
}
