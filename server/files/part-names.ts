/**
 * Names of the server's own files: uploads that have no name yet. They lie beside their target, on the same disk, so that
 * a rename is all it takes. No account can name or see them.
 */
import { createHash, randomBytes } from 'node:crypto'

/** `in`: bytes are coming, or a verdict is awaited. `kept`: cut, and waiting for the client to go on. */
const PATTERN = /^\.sluice-(in|kept)\.([0-9a-f]{32})(?:\.[0-9a-f]{16})?\.upload$/i

/** Any case counts, for disks that ignore it. */
export function isPartName(name: string): boolean {
  return PATTERN.test(name)
}

/** `in` or `kept`; null for every other name. */
export function partKindOf(name: string): 'in' | 'kept' | null {
  const kind = PATTERN.exec(name)?.[1]?.toLowerCase()
  return kind === 'in' || kind === 'kept' ? kind : null
}

/** Same account and same name in a folder, same key: who may go on with a cut upload. */
function keyOf(account: string, name: string): string {
  return createHash('sha256').update(`${account}\0${name}`).digest('hex').slice(0, 32)
}

/** A fresh name for an upload to `name` that begins. */
export function newPartName(account: string, name: string): string {
  return `.sluice-in.${keyOf(account, name)}.${randomBytes(8).toString('hex')}.upload`
}

/** Where an upload to `name` waits after it was cut: one for each account and name. */
export function keptPartName(account: string, name: string): string {
  return `.sluice-kept.${keyOf(account, name)}.upload`
}
