/** What a refusal means: from a reply to a SluiceError (RFC 959 section 4.2.1, RFC 2228 section 5, RFC 4217). */
import { SluiceError, type ErrorCode } from '../../common/errors.ts'
import type { Reply } from './options.ts'

/**
 * The error for a reply of 400 and above, or one that makes no sense after the command.
 * @param what what was wanted, for people, as the start of a sentence: `Cannot delete /a/b`
 */
export function replyError(what: string, host: string, reply: Reply): SluiceError {
  const code = errorCode(reply)
  return new SluiceError(code, `${what}: ${explain(code, host, reply)}`, { reply })
}

export function showReply(reply: Reply): string {
  // Without its full stop: it stands inside sentences that have their own.
  return `${reply.code} ${reply.text.split('\n').at(-1)?.trim() ?? ''}`.trim().replace(/\.$/, '')
}

function errorCode(reply: Reply): ErrorCode {
  switch (reply.code) {
    case 421:
      return 'connection-lost'
    case 425:
      return 'data-connection-failed'
    case 426:
      return 'data-truncated'
    case 452:
    case 552:
      return 'storage-full'
    case 502:
    case 504:
      return 'unsupported'
    case 522:
    case 534:
      return 'tls-refused'
    case 530:
    case 532:
      return 'login-refused'
    case 550:
      return meaningOf550(reply.text)
    case 553:
      return 'name-refused'
    default:
      return reply.code >= 400 ? 'ftp-refused' : 'protocol-violation'
  }
}

/**
 * 550 stands for a missing file, for missing rights and for anything else; only the words tell. Texts that name both
 * ("No such file or permission denied") say nothing certain and stay `ftp-refused`.
 */
function meaningOf550(text: string): ErrorCode {
  const missing =
    /no such|not found|(?:does ?n[o']t|did not) exist|cannot find|can't find|nonexist|failed to change directory|could not get file|no existe/i.test(
      text,
    )
  const denied = /permission|denied|not permitted|access|forbidden|read-?only|privilege/i.test(text)
  if (missing && !denied) return 'not-found'
  if (denied && !missing) return 'permission-denied'
  return 'ftp-refused'
}

function explain(code: ErrorCode, host: string, reply: Reply): string {
  const said = `${host} answered "${showReply(reply)}"`
  switch (code) {
    case 'connection-lost':
      return `the server is closing the connection; ${said}.`
    case 'data-connection-failed':
      return `the server could not open the data connection; ${said}. Try the other data mode (passive or active).`
    case 'data-truncated':
      return `the transfer was cut off; ${said}.`
    case 'storage-full':
      return `there is no room left on the server; ${said}.`
    case 'unsupported':
      return `the server does not support this; ${said}.`
    case 'tls-refused':
      return `the server is not content with the TLS protection; ${said}.`
    case 'login-refused':
      return `not logged in; ${said}.`
    case 'not-found':
      return `it does not exist, or is hidden from this user; ${said}.`
    case 'permission-denied':
      return `this user may not do that; ${said}.`
    case 'name-refused':
      return `the server does not accept the name; ${said}.`
    case 'protocol-violation':
      return `that reply makes no sense here; ${said}.`
    default:
      return `${said}.`
  }
}
