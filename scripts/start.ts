/**
 * `npm start`: builds what is not built, then runs the app in Electron; where Electron cannot be had, in the browser shell
 * (e2e/shell/README.md). Arguments are passed on to the app; Ctrl-C ends everything.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import { findBrowser } from '../e2e/shell/find-browser.ts'
import { buildIfNeeded } from './bundles.ts'
import { downloadElectron, findElectron } from './electron-binary.ts'
import { displayProblem, planStart, wantsShell } from './start-plan.ts'

const say = (line: string): void => console.error(line)

async function main(): Promise<number> {
  const problem = displayProblem(process.platform, process.env)
  if (problem !== null) {
    say(problem) // before anything that takes long
    return 1
  }
  const failedBuild = await buildIfNeeded(say)
  if (failedBuild !== null) {
    say(`${failedBuild}\nThe build failed; see above.`)
    return 1
  }
  let electron = findElectron()
  let whyNoElectron = ''
  if (!electron && !wantsShell(process.env)) {
    whyNoElectron = (await downloadElectron(say)) ?? ''
    electron = findElectron()
  }
  const plan = planStart({
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    electron,
    whyNoElectron,
    browser: findBrowser(),
    node: process.execPath,
    repository: resolve(import.meta.dirname, '..'),
    args: process.argv.slice(2),
  })
  if (plan.problem !== null) {
    say(plan.problem)
    return 1
  }
  plan.notes.forEach(say)
  return run(plan.command, plan.args, plan.env)
}

/** Runs the app until it ends; gives its exit code, 128 + n when signal n ended it. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    child.once('error', (error) => {
      say(`${command} could not be started: ${error.message}`)
      done(1)
    })
    child.once('exit', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

process.exitCode = await main()
