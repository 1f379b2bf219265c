/** Names the state of a folder of signature files without reading them. */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const DATABASE_FILE =
  /\.(cvd|cld|cud|hdb|hsb|hdu|hsu|mdb|msb|mdu|msu|ndb|ndu|ldb|ldu|idb|fp|sfp|ftm|crb|cdb|cat|wdb|pdb|gdb|ign|ign2|cbc|yar|yara|db|info|cfg|pwdb)$/i
/** ms */
const STEP = 600_000

export interface FolderState {
  /** 12 hex digits that change with every change of a file's name, size, time or place. */
  fingerprint: string
  /** ms since the epoch of the last change on this disk (ctime: preserved modification times do not hide a change). */
  changedAt: number
  files: number
}

/** Looks at the signature files of `folder`; throws what the disk says. */
export async function readSignatureFolder(folder: string): Promise<FolderState> {
  const names = (await readdir(folder)).filter((name) => DATABASE_FILE.test(name)).sort()
  const hash = createHash('sha256')
  let changedAt = 0
  for (const name of names) {
    const facts = await stat(join(folder, name), { bigint: true })
    hash.update(`${name}\0${facts.size}\0${facts.mtimeNs}\0${facts.ctimeNs}\0${facts.ino}\0`)
    changedAt = Math.max(changedAt, Number(facts.ctimeMs))
  }
  return { fingerprint: hash.digest('hex').slice(0, 12), changedAt, files: names.length }
}

/**
 * A name for the signatures that a daemon has loaded, seen only through its folder. The daemon notices a change up to
 * `selfCheck` ms late, so after a change the name steps on every ten minutes until it must have noticed: verdicts
 * of the old signatures then never outlive that time.
 */
export function loadedSignatures(state: FolderState, selfCheck: number, now: number): string {
  const step = Math.max(0, Math.floor((now - state.changedAt) / STEP))
  return `${state.fingerprint}.${Math.min(step, Math.ceil(selfCheck / STEP) + 1)}`
}

/** A name for signatures that cannot be seen at all: verdicts hold for ten minutes. */
export function unseenSignatures(now: number): string {
  return `t${Math.floor(now / STEP)}`
}
