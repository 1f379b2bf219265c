/** Passwords from everywhere but the command line: environment, file, a hidden question. */
import { readFile, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { SluiceError } from '../../common/errors.ts'
import { bad } from './flags.ts'

export const PASSWORD_VARIABLE = 'SLUICE_SERVER_PASSWORD'

export interface PasswordSource {
  /** For that account. @throws SluiceError bad-argument, cancelled, needs-answer where nobody can be asked */
  of(account: string): Promise<string>
}

export interface PasswordOptions {
  /** `--password-file` */
  file: string | null
  /** The password is removed from it, so that no child process inherits it. */
  env: Record<string, string | undefined>
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** Takes what the environment says at once, everything else when it is needed. */
export function passwordSource({ file, env, input, output }: PasswordOptions): PasswordSource {
  const fromEnv = env[PASSWORD_VARIABLE]
  delete env[PASSWORD_VARIABLE]
  return {
    of: async (account) => {
      if (fromEnv !== undefined && fromEnv !== '') return fromEnv
      if (file !== null) return readPasswordFile(file)
      if (!input.isTTY || !output.isTTY) {
        const how = `Give it by the variable ${PASSWORD_VARIABLE} or by --password-file.`
        throw new SluiceError('needs-answer', `Nobody is there to type the password of ${account}. ${how}`)
      }
      const [password = '', again] = await askHidden(input, output, [`Password of ${account}: `, 'Once more: '])
      if (password !== again) throw bad('The two are not the same.')
      return password
    },
  }
}

async function readPasswordFile(file: string): Promise<string> {
  let text: string
  try {
    // Windows has no such bits; there the file's access list is its owner's affair.
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
      throw bad(`Others may read the password in ${file}: run chmod 600 on it.`)
    }
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw bad(`${file} cannot be read: check its name and its permissions.`, error)
  }
  const [first = ''] = text.split(/\r?\n/, 1)
  if (first === '') throw bad(`The first line of ${file} is empty: the password belongs there.`)
  return first
}

/** Asks one after the other, with one reader: what is pasted at once counts for all. @throws SluiceError cancelled by Ctrl-C or Ctrl-D */
function askHidden(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  questions: readonly string[],
): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  const answers: string[] = []
  output.write(questions[0] ?? '')
  return new Promise((resolve, reject) => {
    reader.on('line', (line) => {
      answers.push(line)
      output.write('\n')
      if (answers.length < questions.length) output.write(questions[answers.length] ?? '')
      else reader.close()
    })
    reader.once('SIGINT', () => reader.close())
    reader.once('close', () => {
      if (answers.length >= questions.length) return resolve(answers.slice(0, questions.length))
      output.write('\n')
      reject(new SluiceError('cancelled', 'Cancelled.'))
    })
  })
}
