/**
 * The EICAR test file: harmless, and found by every scanner. It is put together at run time, so that no scanner on a
 * developer's or a build machine takes the repository itself for infected.
 */

const TAIL = 'H+H*'

/** The 68 bytes of the standard test file, fresh for every caller. */
export function eicar(): Buffer {
  const head = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$'
  const words = ['EICAR', 'STANDARD', 'ANTIVIRUS', 'TEST', 'FILE!$'].join('-')
  return Buffer.from(head + words + TAIL, 'latin1')
}

/** The name that the signature of `testing/clamd.ts` reports, as clamd writes it. */
export const EICAR_SIGNATURE = 'Eicar-Test-Signature.UNOFFICIAL'
