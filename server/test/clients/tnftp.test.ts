/** The `ftp` of Windows and the BSDs: commands over standard input, active unless told otherwise. */
import { peer } from '../../../testing/peers.ts'
import { runProgram } from './program.ts'
import { describeClient, HALF, NAMES, type Step, type Task } from './suite.ts'

const NO_TLS = 'it knows no TLS'

const COMMANDS: Record<Step, readonly string[]> = {
  list: ['dir'],
  mkdir: [`mkdir ${NAMES.folder}`],
  put: [`cd ${NAMES.folder}`, `put ${NAMES.put}`, 'cd ..'],
  get: [`get ${NAMES.get}`],
  'resume put': [`restart ${HALF}`, `put "${NAMES.resumePut}"`],
  'resume get': [`reget "${NAMES.resumeGet}"`],
  rename: [`rename "${NAMES.renameFrom}" "${NAMES.renameTo}"`],
  delete: [`delete "${NAMES.delete}"`],
}

async function run(task: Task): Promise<string> {
  const script = [
    `open ${task.host} ${task.port}`,
    `user ${task.user} ${task.password}`,
    'binary',
    'hash',
    ...task.steps.flatMap((step) => COMMANDS[step]),
    'quote NOOP',
    'bye',
  ]
  const mode = task.mode === 'active' ? '-A' : '-p'
  // -i: no questions; -n: no login by itself.
  return await runProgram(task, peer('tnftp'), ['-i', '-n', mode], { input: `${script.join('\n')}\n` })
}

describeClient({
  name: 'ftp of Windows and the BSDs (tnftp)',
  peers: ['tnftp'],
  cannot: { 'explicit TLS': NO_TLS, 'implicit TLS': NO_TLS },
  resumes: false,
  run,
})
