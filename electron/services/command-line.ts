/**
 * The packaged app as a command line. Electron cannot be used as a bare Node (a fuse sees to it), so the commands of the
 * packages are the app itself, told to open no window: `sluice` by `--cli`, `sluice-server` by `--server`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app, utilityProcess } from 'electron'
import type { ForkAgent } from '../gate/index.ts'

/** Switch -> the program it makes of the app. */
const SWITCHES = { '--cli': 'sluice', '--server': 'sluice-server' } as const
export type CommandLineProgram = (typeof SWITCHES)[keyof typeof SWITCHES]

/** What the command line gets of the app. */
export interface AppSurroundings {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: NodeJS.ProcessEnv
  dataFolder: string
  agents(verbose: boolean): {
    /** The agent may say on its standard error why it ends. */
    fork: (...args: Parameters<ForkAgent>) => ReturnType<ForkAgent> & { stderr: NodeJS.ReadableStream | null }
    ended(): Promise<void>
  }
}

/**
 * Which program is wanted, with what follows its switch, or null for a window. "--" behind the switch keeps Chromium
 * from taking what follows for switches of its own (`--type` is one) and does not count.
 * @param argv the process's own
 */
export function commandLineOf(argv: readonly string[]): { program: CommandLineProgram; args: string[] } | null {
  const at = argv.findIndex((arg) => Object.hasOwn(SWITCHES, arg))
  const program = Object.entries(SWITCHES).find(([name]) => name === argv[at])?.[1]
  const end = argv.indexOf('--')
  if (program === undefined || (end !== -1 && end < at)) return null
  return { program, args: argv.slice(argv[at + 1] === '--' ? at + 2 : at + 1) }
}

/**
 * Runs the command line to its end, and the app with it.
 * @param agentEntry absolute path of the agent's bundle
 */
export async function runCommandLine(
  program: CommandLineProgram,
  agentEntry: string,
  run: (around: AppSurroundings) => Promise<number>,
): Promise<void> {
  // What Chromium keeps must not be that of a window which may be open at the same time.
  const session = await mkdtemp(join(tmpdir(), 'sluice-session-'))
  app.setPath('sessionData', session)
  app.disableHardwareAcceleration()
  app.dock?.hide()
  app.on('window-all-closed', () => undefined)
  // Chromium makes a quit of SIGTERM and SIGHUP; the command line puts everything in order first.
  app.on('before-quit', (event) => {
    event.preventDefault()
    process.emit('SIGTERM', 'SIGTERM')
  })
  // Utility processes can be started only then, and signals be listened to: Chromium takes them over before.
  await app.whenReady()
  let code = 1
  try {
    code = await run({
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      dataFolder: process.env['SLUICE_DATA'] ?? app.getPath('userData'),
      agents: (verbose) => ({
        fork: (agentArgs, env) =>
          utilityProcess.fork(agentEntry, agentArgs, {
            env,
            serviceName: 'Sluice scanning agent',
            stdio: ['ignore', 'ignore', verbose ? 'inherit' : 'pipe'],
          }),
        // Electron ends them with the app.
        ended: () => Promise.resolve(),
      }),
    })
  } catch (error) {
    process.stderr.write(`${program}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
  // The last output of a pipe may still be on its way.
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writable) await new Promise<void>((resolve) => stream.write('', () => resolve()))
  }
  await rm(session, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  app.exit(code)
}
