/** The command line, for whoever starts it: `cli/main.ts` under Node, the packaged app with `--cli`. */
import manifest from '../package.json' with { type: 'json' }
import { toErrorData } from '../common/errors.ts'
import { exitCode } from './exit-codes.ts'
import { parseOptions, type CliOptions } from './options.ts'
import type { Surroundings } from './program.ts'

export { dataFolder } from './data-folder.ts'

/**
 * Runs the program to its end.
 * @param args without the program's own name
 * @returns the exit code
 */
export async function runCli(args: readonly string[], around: Surroundings): Promise<number> {
  let options: CliOptions
  try {
    options = parseOptions(args)
  } catch (error) {
    const data = toErrorData(error)
    if (args.includes('--json')) around.stdout.write(`${JSON.stringify({ error: data })}\n`)
    around.stderr.write(`sluice: ${data.message}\n`)
    return exitCode('usage')
  }
  if (options.version) {
    around.stdout.write(`sluice ${manifest.version}\n`)
    return exitCode('ok')
  }
  // Loaded when needed: most of the time until the first answer is loading.
  if (options.help) {
    const { helpText } = await import('./help.ts')
    around.stdout.write(helpText())
    return exitCode('ok')
  }
  const { run } = await import('./run.ts')
  return run(options, around)
}
