/** The one place where a command becomes bytes, so that no name or password can smuggle in a second one. */
import { SluiceError } from '../../common/errors.ts'
import { encodeText } from './text.ts'

const SECRET_VERBS = new Set(['PASS', 'ACCT'])
/** SITE SIGNUP name password: all behind the name is secret. */
const SIGN_UP = /^(\s*SIGNUP\s+\S+)\s.*$/is

/**
 * A command line as bytes, CRLF included.
 * @throws SluiceError `illegal-characters` when the argument contains CR, LF or NUL, `bad-argument` for an odd verb
 */
export function encodeCommand(verb: string, argument = ''): Buffer {
  if (!/^[A-Za-z]{3,16}$/.test(verb))
    throw new SluiceError('bad-argument', `${JSON.stringify(verb)} is no FTP command.`)
  refuseIllegal(argument, isSecret(verb, argument) ? `The argument of ${verb}` : undefined)
  return encodeText(argument === '' ? `${verb}\r\n` : `${verb} ${argument}\r\n`)
}

/**
 * Checks an argument without sending anything.
 * @param shown how to name it in the error; default the argument itself
 * @throws SluiceError `illegal-characters`
 */
export function refuseIllegal(argument: string, shown = JSON.stringify(argument)): void {
  // A bare LF is a second command for some servers (seen on vsftpd), NUL the end of the name for others.
  if (!/[\r\n\0]/.test(argument)) return
  throw new SluiceError(
    'illegal-characters',
    `${shown} contains a line break or a NUL character, which FTP cannot carry; it was not sent.`,
  )
}

/** The command as the protocol log may show it. */
export function maskCommand(verb: string, argument = ''): string {
  if (argument === '') return verb
  if (!isSecret(verb, argument)) return `${verb} ${argument}`
  return `${verb} ${verb.toUpperCase() === 'SITE' ? argument.replace(SIGN_UP, '$1 ****') : '****'}`
}

function isSecret(verb: string, argument: string): boolean {
  const name = verb.toUpperCase()
  return SECRET_VERBS.has(name) || (name === 'SITE' && SIGN_UP.test(argument))
}

/** Splits a raw line into verb and argument; exactly one space parts them, more belong to the argument. */
export function splitCommand(line: string): { verb: string; argument: string } {
  const at = line.indexOf(' ')
  return at === -1 ? { verb: line, argument: '' } : { verb: line.slice(0, at), argument: line.slice(at + 1) }
}
