/** What the flags of `user add` and `user set` say of an account. */
import path from 'node:path'
import { rightSchema, roleSchema, type AccountChanges } from '../../common/share.ts'
import { bad, type CommandLine, type FlagName } from './flags.ts'
import { oneOf, parseSize } from './values.ts'

/** The flags, in the order of the help. */
export const ACCOUNT_FLAGS = [
  'role',
  'rights',
  'root',
  'home-shown',
  'quota',
  'quota-files',
  'upload-rate',
  'download-rate',
] as const satisfies readonly FlagName[]

/**
 * Only what is given; the root is absolute.
 * @throws SluiceError bad-argument that names the flag
 */
export function accountChangesOf(line: CommandLine): Partial<AccountChanges> {
  const root = line.value('root')
  const homeShown = line.value('home-shown')
  return {
    ...roleOf(line),
    ...(root === null ? {} : { root: path.resolve(root) }),
    ...(homeShown === null ? {} : { homeShown: oneOf('home-shown', homeShown, ['yes', 'no']) === 'yes' }),
    ...limitOf(line, 'quota', 'quotaBytes', parseSize),
    ...limitOf(line, 'quota-files', 'quotaFiles', parseCount),
    ...limitOf(line, 'upload-rate', 'uploadRate', parseSize),
    ...limitOf(line, 'download-rate', 'downloadRate', parseSize),
  }
}

function roleOf(line: CommandLine): Partial<Pick<AccountChanges, 'role' | 'rights'>> {
  const given = line.value('role')
  const role = given === null ? null : oneOf('role', given, roleSchema.options)
  const list = line.value('rights')
  if (list === null) {
    // Rights that some earlier role left behind should not come back unseen.
    if (role === 'custom') throw bad('--role custom needs the rights: --rights list,read for example.')
    return role === null ? {} : { role }
  }
  if (role !== null && role !== 'custom')
    throw bad(`--rights is for accounts of role custom: ${role} has rights of its own.`)
  const rights = list.split(',').map((right) => oneOf('rights', right.trim(), rightSchema.options))
  return { role: 'custom', rights: [...new Set(rights)] }
}

type Limit = 'quotaBytes' | 'quotaFiles' | 'uploadRate' | 'downloadRate'

function limitOf(
  line: CommandLine,
  flag: FlagName,
  key: Limit,
  parse: (flag: FlagName, text: string) => number,
): Partial<Pick<AccountChanges, Limit>> {
  const text = line.value(flag)
  if (text === null) return {}
  return { [key]: text.toLowerCase() === 'none' ? null : parse(flag, text) }
}

function parseCount(flag: FlagName, text: string): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (count >= 1) return count
  throw bad(`--${flag} takes a whole number from 1 on, or none, not "${text}".`)
}
