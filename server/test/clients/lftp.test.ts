import { peer } from '../../../testing/peers.ts'
import { runProgram } from './program.ts'
import { describeClient, NAMES, type Step, type Task } from './suite.ts'

const COMMANDS: Record<Step, string> = {
  list: 'ls',
  mkdir: `mkdir ${NAMES.folder}`,
  put: `put ${NAMES.put} -o ${NAMES.putAs}`,
  get: `get ${NAMES.get}`,
  'resume put': `put -c "${NAMES.resumePut}"`,
  'resume get': `get -c "${NAMES.resumeGet}"`,
  rename: `mv "${NAMES.renameFrom}" "${NAMES.renameTo}"`,
  delete: `rm "${NAMES.delete}"`,
}

async function run(task: Task): Promise<string> {
  const tls =
    task.tls === 'plain'
      ? ['set ftp:ssl-allow no']
      : ['set ftp:ssl-force yes', 'set ftp:ssl-protect-data yes', `set ssl:ca-file ${task.caFile}`]
  const scheme = task.tls === 'implicit TLS' ? 'ftps' : 'ftp'
  const script = [
    'set cmd:fail-exit yes',
    'set net:max-retries 1',
    `set ftp:passive-mode ${task.mode === 'passive' ? 'on' : 'off'}`,
    ...tls,
    `open -u ${task.user},${task.password} ${scheme}://${task.urlHost}:${task.port}`,
    ...task.steps.map((step) => COMMANDS[step]),
    'bye',
  ]
  return await runProgram(task, peer('lftp'), ['--norc', '-c', script.join('; ')])
}

describeClient({ name: 'lftp', peers: ['lftp'], cannot: {}, resumes: true, run })
