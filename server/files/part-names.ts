/**
 * Names of the server's own files: uploads that have no name yet. They lie beside their target, on the same disk, so that
 * a rename is all it takes. No account can name or see them.
 */
import { createHash, randomBytes } from 'node:crypto'

/** `in`: bytes are coming, or a verdict is awaited. `kept`: cut, and waiting for the client to go on. */
const PATTERN = /^\.sluice-(in|kept)\.([0-9a-f]{32})(?:\.[0-9a-f]{16})?\.upload$/i

/** The short name that FAT and NTFS make of such a name, by which they open it too: "SLUICE~1.UPL", "SLA3F0~1.UPL". */
const SHORT = /^SL[^.]{0,6}~\d{1,6}\.UPL$/i

/**
 * Also under the other names by which some disks, wherever they are mounted, open it: who could name the part of a cut
 * upload could rename it into place, and no scanner has seen it. Any case counts; dots and blanks at the end do not.
 */
export function isPartName(name: string): boolean {
  const bare = name.replace(/[. ]+$/, '')
  return PATTERN.test(bare) || SHORT.test(bare)
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
