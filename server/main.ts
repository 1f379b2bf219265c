#!/usr/bin/env node
/** `sluice-server`: the file server's entry, from source, as `out/main/server.js`, and as the app's own server process. */
import path from 'node:path'
import { onParentGone, parentProcess } from '../common/parent-process.ts'

/** The first version that has all that is used here. */
const NODE = 24
/** What the app starts this with: then it obeys its parent and reads no other flags. */
const MANAGED = '--managed'

const here = import.meta.dirname
const agent = path.join(here, import.meta.filename.endsWith('.ts') ? '../agent/main.ts' : 'agent.js')

if (Number(process.versions.node.split('.')[0]) < NODE) {
  process.stderr.write(`sluice-server needs Node ${NODE} or later; this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else if (process.argv[2] === MANAGED) {
  const parent = parentProcess()
  if (parent === null) {
    process.stderr.write(`sluice-server: ${MANAGED} is for the app, which speaks to the process it starts.\n`)
    process.exitCode = 2
  } else {
    // Loaded when it is known what is wanted: a server that nobody asked for should not cost its memory.
    const { serveParent } = await import('./control/index.ts')
    const control = serveParent(parent)
    const end = (): void => void control.dispose().finally(() => process.exit(0))
    onParentGone(end)
    process.once('SIGTERM', end)
    // Ctrl-C in the terminal that the app was started from is for the app, which ends this process in order.
    process.on('SIGINT', () => undefined)
  }
} else {
  const { runServerCli } = await import('./cli/index.ts')
  process.exitCode = await runServerCli(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    agents: async (verbose) => {
      const { agentProcesses } = await import('../electron/gate/index.ts')
      return agentProcesses(agent, verbose)
    },
  })
  process.stdin.destroy()
}
