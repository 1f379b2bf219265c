/** Names for STOU (RFC 959 section 4.1.3). */
import { randomBytes } from 'node:crypto'
import { MAX_NAME_BYTES } from '../../common/safe-name.ts'

/** Another name like `name`, its ending kept: "a.txt" may give "a.3f9c2b7d.txt". */
export function otherName(name: string): string {
  const dot = name.lastIndexOf('.')
  const at = dot > 0 ? dot : name.length
  const tail = `.${randomBytes(4).toString('hex')}${name.slice(at)}`
  let stem = name.slice(0, at)
  while (Buffer.byteLength(stem) + Buffer.byteLength(tail) > MAX_NAME_BYTES && stem !== '')
    stem = [...stem].slice(0, -1).join('')
  return stem === '' ? tail.slice(0, 9) : stem + tail
}
