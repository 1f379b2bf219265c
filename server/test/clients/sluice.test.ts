/** Our own command line, as a process of its own. */
import path from 'node:path'
import { runProgram } from './program.ts'
import { describeClient, NAMES, type Step, type Task } from './suite.ts'

const ENTRY = path.join(import.meta.dirname, '../../../cli/main.ts')

const COMMANDS: Record<Step, string> = {
  list: 'ls',
  mkdir: `mkdir ${NAMES.folder}`,
  put: `put ${NAMES.put} ${NAMES.putAs}`,
  get: `get ${NAMES.get}`,
  'resume put': `reput "${NAMES.resumePut}"`,
  'resume get': `reget "${NAMES.resumeGet}"`,
  rename: `rename "${NAMES.renameFrom}" "${NAMES.renameTo}"`,
  delete: `delete "${NAMES.delete}"`,
}

async function run(task: Task): Promise<string> {
  const scheme = { plain: 'ftp', 'explicit TLS': 'ftpes', 'implicit TLS': 'ftps' }[task.tls]
  const args = [
    '--no-scan',
    ...(task.tls === 'plain' ? ['--tls', 'none'] : ['--fingerprint', task.fingerprint]),
    ...(task.mode === 'active' ? ['--active'] : []),
    '--type',
    'binary',
    `${scheme}://${task.user}@${task.urlHost}:${task.port}`,
    '-c',
    task.steps.map((step) => COMMANDS[step]).join('; '),
  ]
  return await runProgram(task, process.execPath, [ENTRY, ...args], { env: { SLUICE_PASSWORD: task.password } })
}

describeClient({ name: 'sluice', peers: [], cannot: {}, resumes: true, run })
