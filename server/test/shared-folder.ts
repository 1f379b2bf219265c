/** A folder to share for one test, with something outside of it that no account may reach. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ACCOUNT_DEFAULTS, type Account } from '../../common/share.ts'
import { openUserFiles, type UserFiles } from '../files/index.ts'

export interface SharedFolder {
  /** Real path of the account's root. */
  root: string
  /** A folder beside it, with the file "secret". */
  outside: string
  account: Account
  files: UserFiles
}

export async function shareFolder(changes: Partial<Account> = {}): Promise<SharedFolder> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'sluice-files-')))
  onTestFinished(() => rm(base, { recursive: true, force: true }))
  const root = join(base, 'root')
  const outside = join(base, 'outside')
  await mkdir(root)
  await mkdir(outside)
  await writeFile(join(outside, 'secret'), 'not yours')
  const account: Account = {
    ...ACCOUNT_DEFAULTS,
    ...{ id: 1, name: 'ada', root, role: 'writer', createdAt: 0, lastLoginAt: null },
    ...changes,
  }
  return { root, outside, account, files: await openUserFiles(account) }
}

/** All names of a listing, in order. */
export async function namesIn(files: UserFiles, path: string): Promise<string[]> {
  const names: string[] = []
  for await (const batch of files.list(path, new AbortController().signal)) names.push(...batch.map(({ name }) => name))
  return names.sort()
}
