/**
 * `npm test`: everything that must hold, once, in the order in which it is cheapest to learn of a defect. Installs
 * missing peers where it can. The last line says how many passed, failed and were skipped; the exit code agrees.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { installPeers, PEER_NAMES, peersAreRequired, type PeerName } from '../testing/peers.ts'
import { findElectron } from './electron-binary.ts'
import {
  add,
  check,
  emptyTally,
  summary,
  tallyPlaywright,
  tallyVitest,
  withExit,
  withPeersRequired,
  type Tally,
} from './test-results.ts'

const repository = path.join(import.meta.dirname, '..')
const results = path.join(repository, 'test-results')
/** A runner that hangs is ended, and so counts as failed, long before a build machine gives up on all of it. */
const STEP_LIMIT_MS = 12 * 60_000

interface Step {
  name: string
  /** Program of node_modules and its arguments. */
  command: readonly [string, ...string[]]
  /** The runner's report and how to read it; without one the step is one check. */
  report?: { file: string; tally: (report: unknown) => Tally }
  /** Steps that must have passed: without them this one could only fail. */
  needs?: string
}

const STEPS: readonly Step[] = [
  { name: 'type check', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint', '.'] },
  { name: 'layering', command: ['depcruise', '--config', '.dependency-cruiser.mjs', '.'] },
  { name: 'format', command: ['prettier', '--check', '.'] },
  { name: 'build', command: ['electron-vite', 'build'] },
  {
    name: 'unit and integration tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', '--outputFile.json=test-results/vitest.json'],
    report: { file: 'vitest.json', tally: tallyVitest },
  },
  {
    name: 'end-to-end tests',
    command: ['playwright', 'test'],
    report: { file: 'e2e.json', tally: tallyPlaywright },
    needs: 'build',
  },
  {
    name: 'packaging',
    command: ['playwright', 'test', '--config', 'build/playwright.config.ts'],
    report: { file: 'package.json', tally: tallyPlaywright },
    needs: 'build',
  },
]

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

/** Runs a program of node_modules with our own Node version; true when it ended well and in time. */
async function run([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const bin = path.join(repository, 'node_modules', '.bin')
  const child = spawn(program, args, {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    timeout: STEP_LIMIT_MS,
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
      SLUICE_HEADLESS: '1',
      // Tests start our programs hundreds of times: what was compiled once need not be again.
      NODE_COMPILE_CACHE: path.join(repository, 'node_modules', '.cache', 'node'),
    },
  })
  try {
    const [code] = await once(child, 'exit')
    return code === 0
  } catch (error) {
    say(`${program} did not start: ${String(error)}`)
    return false
  }
}

async function runStep(step: Step): Promise<Tally> {
  if (step.report === undefined) return check(step.name, await run(step.command))
  const file = path.join(results, step.report.file)
  // An old report must never speak for a runner that crashed.
  rmSync(file, { force: true })
  const succeeded = await run(step.command)
  let tally = emptyTally()
  let readable = true
  try {
    tally = step.report.tally(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    say(`${step.name}: no report (${String(error)})`)
    readable = false
  }
  if (peersAreRequired()) tally = withPeersRequired(tally)
  return withExit(tally, `${step.name}: the runner itself`, succeeded && readable)
}

async function main(): Promise<number> {
  const start = performance.now()
  mkdirSync(results, { recursive: true })
  // Only the benchmarks ask for these.
  const forBenchmarks: PeerName[] = ['pyftpdlib', 'pyopenssl']
  const unneeded = findElectron() === null ? forBenchmarks : [...forBenchmarks, 'chromium' as const]
  installPeers(
    PEER_NAMES.filter((name) => !unneeded.includes(name)),
    say,
  )

  let total = emptyTally()
  const passed = new Set<string>()
  const times: string[] = [`peers: ${seconds(start)}`]
  for (const step of STEPS) {
    say(`\n=== ${step.name} ===`)
    const began = performance.now()
    let tally: Tally
    if (step.needs !== undefined && !passed.has(step.needs)) {
      say(`Not run: ${step.needs} failed.`)
      tally = check(`${step.name}: not run, ${step.needs} failed`, false)
    } else {
      tally = await runStep(step)
    }
    if (tally.failed === 0) passed.add(step.name)
    total = add(total, tally)
    times.push(`${step.name}: ${summary(tally)}, ${seconds(began)}`)
    say(`--- ${times.at(-1) ?? ''}`)
  }

  say(`\n=== result ===\n${times.join('\n')}\ntogether: ${seconds(start)}`)
  if (total.skipped.length > 0) say(`\nSkipped:\n${total.skipped.map((line) => `  ${line}`).join('\n')}`)
  if (total.failures.length > 0) say(`\nFailed:\n${total.failures.map((line) => `  ${line}`).join('\n')}`)
  say(`\n${summary(total)}`)
  return total.failed === 0 ? 0 : 1
}

process.exitCode = await main()
