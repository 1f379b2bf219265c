/** The account that the first start makes. */
import { randomInt } from 'node:crypto'
import { SluiceError } from '../../common/errors.ts'
import { ACCOUNT_DEFAULTS, type FirstAccount } from '../../common/share.ts'
import type { AccountStore } from './types.ts'

/** Without letters and digits that are taken for each other when read from a screen. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 5
const GROUP_LENGTH = 4

/** About 99 bits, in groups that can be typed on a phone. */
function readablePassword(): string {
  const letter = (): string => READABLE.charAt(randomInt(READABLE.length))
  const group = (): string => Array.from({ length: GROUP_LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}

/**
 * Makes a superuser with a random password where there is no account at all; null where there is one. The password is in
 * the answer and nowhere else.
 * @param root absolute folder
 * @throws SluiceError bad-argument when the folder cannot be shared
 */
export async function createFirstAccount(
  accounts: AccountStore,
  root: string,
  name = 'sluice',
): Promise<FirstAccount | null> {
  if ((await accounts.list()).length > 0) return null
  const password = readablePassword()
  try {
    await accounts.add({ ...ACCOUNT_DEFAULTS, name, password, root, role: 'superuser' })
  } catch (error) {
    // Another server on the same database was faster.
    if (error instanceof SluiceError && (await accounts.find(name)) !== null) return null
    throw error
  }
  return { name, password }
}
