#!/usr/bin/env node
/** `sluice` under plain Node: from source, and as `out/main/cli.js`. */
import path from 'node:path'

/** The first version that has all that is used here. */
const NODE = 24
/** ms after the end in which output may still be on its way */
const LEFTOVERS = 2000

const here = import.meta.dirname
const agent = path.join(here, import.meta.filename.endsWith('.ts') ? '../agent/main.ts' : 'agent.js')

if (Number(process.versions.node.split('.')[0]) < NODE) {
  process.stderr.write(`sluice needs Node ${NODE} or later; this is ${process.versions.node}.\n`)
  process.exitCode = 1
} else {
  // Not a static import: the bundler would put both into this file, and the app, which needs only the other, would run it.
  const { dataFolder, runCli } = await import('./index.ts')
  process.exitCode = await runCli(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    dataFolder: dataFolder(),
    agents: async (verbose) => {
      const { agentProcesses } = await import('../electron/gate/index.ts')
      return agentProcesses(agent, verbose)
    },
  })
  // Whatever still holds the process has no business any more; a standard input that nobody closes is the usual one.
  process.stdin.destroy()
  setTimeout(() => process.exit(), LEFTOVERS).unref()
}
