import { spawnSync } from 'node:child_process'
import { findPeer, peer } from '../../../testing/peers.ts'
import { runProgram } from './program.ts'
import { describeClient, NAMES, type Step, type Task } from './suite.ts'

/** One run for each step, as scripts do; commands about files stand before a listing that is thrown away. */
function argumentsFor(step: Step, url: (name: string) => string): readonly string[] {
  const quote = (...commands: string[]): string[] => [
    ...commands.flatMap((command) => ['--quote', command]),
    '--head',
    url(''),
  ]
  const steps: Record<Step, readonly string[]> = {
    list: [url('')],
    mkdir: quote(`MKD ${NAMES.folder}`),
    put: ['--upload-file', NAMES.put, url(NAMES.putAs)],
    get: ['--output', NAMES.get, url(NAMES.get)],
    'resume put': ['--continue-at', '-', '--upload-file', NAMES.resumePut, url(NAMES.resumePut)],
    'resume get': ['--continue-at', '-', '--output', NAMES.resumeGet, url(NAMES.resumeGet)],
    rename: quote(`RNFR ${NAMES.renameFrom}`, `RNTO ${NAMES.renameTo}`),
    delete: quote(`DELE ${NAMES.delete}`),
  }
  return steps[step]
}

async function run(task: Task): Promise<string> {
  const scheme = task.tls === 'implicit TLS' ? 'ftps' : 'ftp'
  const url = (name: string): string =>
    `${scheme}://${task.urlHost}:${task.port}/${name.split('/').map(encodeURIComponent).join('/')}`
  const common = [
    ...['--silent', '--show-error', '--globoff', '--max-time', '15', '--user', `${task.user}:${task.password}`],
    ...(task.tls === 'plain' ? [] : ['--ssl-reqd', '--cacert', task.caFile]),
    ...(task.mode === 'active' ? ['--ftp-port', '-'] : []),
  ]
  // All in one run, on one connection: `--next` forgets what was said, so that it is said again.
  const args = task.steps.flatMap((step, index) => [
    ...(index === 0 ? [] : ['--next']),
    ...common,
    ...argumentsFor(step, url),
  ])
  return await runProgram(task, peer('curl'), args)
}

/** 7.87 and 7.88 leave TLS out when they are connected to, and send in clear. */
const program = findPeer('curl')
const version = program === null ? '' : spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout
const activeInClear = /^curl 7\.8[78]\./.test(version)

describeClient({
  name: 'curl',
  peers: ['curl'],
  cannot: {},
  cannotCombine: ({ tls, mode }) =>
    activeInClear && tls !== 'plain' && mode === 'active'
      ? 'no active with TLS: this version would send in clear, a bug of its own'
      : null,
  resumes: true,
  run,
})
