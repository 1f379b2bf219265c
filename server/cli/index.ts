/** The command `sluice-server`. */
import type { AgentProcesses } from '../../electron/gate/index.ts'
import manifest from '../../package.json' with { type: 'json' }
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts'
import { parseCommandLine } from './flags.ts'

/** What the program has around it. */
export interface Surroundings {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Record<string, string | undefined>
  /** How scanning agents of its own are started; the packaged app has another way. */
  agents(verbose: boolean): AgentProcesses | Promise<AgentProcesses>
}

/**
 * Runs the program to its end.
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runServerCli(args: readonly string[], around: Surroundings): Promise<number> {
  // A reader that goes, as `head` does when it has seen enough, must not take the program along, least of all the server.
  for (const output of [around.stdout, around.stderr]) output.on('error', () => undefined)
  try {
    const line = parseCommandLine(args)
    // Loaded when needed: help and version should not wait for databases.
    if (line.has('help')) {
      const { helpText } = await import('./help.ts')
      around.stdout.write(helpText())
      return EXIT_CODES.ok.code
    }
    if (line.has('version')) {
      around.stdout.write(`sluice-server ${manifest.version}\n`)
      return EXIT_CODES.ok.code
    }
    switch (line.command) {
      case 'serve':
        return await (await import('./serve.ts')).serve(line, around)
      case 'user':
        return await (await import('./accounts.ts')).manageAccounts(line, around)
      case 'audit':
        return await (await import('./audit.ts')).readAudit(line, around)
    }
  } catch (error) {
    around.stderr.write(`sluice-server: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodeOf(error)
  }
}
