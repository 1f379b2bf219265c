import { peer } from '../../../testing/peers.ts'
import { runProgram } from './program.ts'
import { describeClient, NAMES, type Step, type Task } from './suite.ts'

const READS_ONLY = 'it only reads'

async function run(task: Task): Promise<string> {
  const scheme = task.tls === 'plain' ? 'ftp' : 'ftps'
  const url = (name: string): string => `${scheme}://${task.urlHost}:${task.port}/${encodeURIComponent(name)}`
  const common = [
    ...[
      '--no-config',
      '--no-verbose',
      '--tries=1',
      '--timeout=15',
      `--user=${task.user}`,
      `--password=${task.password}`,
    ],
    ...(task.tls === 'plain' ? [] : [`--ca-certificate=${task.caFile}`]),
    ...(task.tls === 'implicit TLS' ? ['--ftps-implicit'] : []),
    ...(task.mode === 'active' ? ['--no-passive-ftp'] : []),
  ]
  const steps: Partial<Record<Step, readonly string[]>> = {
    list: ['--output-document=-', url('')],
    get: [url(NAMES.get)],
    'resume get': ['--continue', url(NAMES.resumeGet)],
  }
  const outputs = await Promise.all(
    task.steps.map(async (step) => await runProgram(task, peer('wget'), [...common, ...(steps[step] ?? [])])),
  )
  // The listing comes as a page.
  return outputs.join('').replaceAll('&#32;', ' ')
}

describeClient({
  name: 'wget',
  peers: ['wget'],
  cannot: {
    mkdir: READS_ONLY,
    put: READS_ONLY,
    'resume put': READS_ONLY,
    rename: READS_ONLY,
    delete: READS_ONLY,
  },
  resumes: true,
  run,
})
