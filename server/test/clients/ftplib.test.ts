import path from 'node:path'
import { peer } from '../../../testing/peers.ts'
import { runProgram } from './program.ts'
import { describeClient, NAMES, type Task } from './suite.ts'

const SCRIPT = path.join(import.meta.dirname, 'ftplib_client.py')

async function run(task: Task): Promise<string> {
  // In clear there is nothing to resume; where it is not demanded, it does as ftplib does by itself.
  const input = JSON.stringify({ ...task, names: NAMES, resume: task.resumed })
  return await runProgram(task, peer('python'), [SCRIPT], { input })
}

describeClient({ name: "Python's ftplib", peers: ['python'], cannot: {}, resumes: true, run })
