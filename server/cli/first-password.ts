/** The password of the account that the first start made: shown once at a terminal, and never in a log that is kept. */
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import type { FirstAccount } from '../../common/share.ts'
import type { Surroundings } from './index.ts'
import type { Log } from './log.ts'

const FILE_NAME = 'first-password.txt'

/**
 * People get it at their terminal. A log for programs, and whatever else the standard output is, is kept, often for long and
 * where others may read it: then the password lies in a file that only its owner can read.
 */
export async function showFirstAccount(
  { name, password }: FirstAccount,
  form: 'text' | 'json',
  dataFolder: string,
  { stdout }: Pick<Surroundings, 'stdout'>,
  log: Log,
): Promise<void> {
  if (form === 'text' && stdout.isTTY) {
    const how = `Change it with: sluice-server user passwd ${name}`
    stdout.write(`\nThe first account, shown this once:\n  user      ${name}\n  password  ${password}\n${how}\n\n`)
    return
  }
  const file = path.join(dataFolder, FILE_NAME)
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(`${password}\n`)
  } finally {
    await handle.close()
  }
  const message = `The password of the first account is in ${file}: read it, then delete the file.`
  log({ level: 'warn', event: 'first-account', account: name, message, file })
}
