/** From a command to its handler: what the table says is checked here, once for all verbs. */
import type { Right } from '../../common/share.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { isUnwritten, parseCommand } from '../protocol/command.ts'
import { verbOf, type Verb } from '../verbs/table.ts'

export interface Dispatch {
  verb: Verb
  argument: string
}

/** @throws ReplyError 500 no such verb; 502 a verb of the RFCs that is not here */
export function dispatchOf(line: string): Dispatch {
  const command = parseCommand(line)
  if (command === null) throw new ReplyError(500, 'This is not a command.')
  const verb = verbOf(command.verb)
  if (verb !== undefined) return { verb, argument: command.argument }
  if (isUnwritten(command.verb)) throw new ReplyError(502, `${command.verb} is not implemented.`)
  throw new ReplyError(500, 'There is no such command; try HELP.')
}

/**
 * @param onMissing told which right is missing, for the log
 * @throws ReplyError 530 no login; 501 a wrong number of arguments; 550 the right is missing
 */
export function checkRules(
  { verb, argument }: Dispatch,
  login: { account: unknown; rights: ReadonlySet<string> },
  onMissing: (right: Right) => void,
): void {
  if (verb.login && login.account === null) throw new ReplyError(530, 'Log in first, with USER and PASS.')
  const given = argument.trim() !== ''
  if (verb.argument === 'required' && !given) throw new ReplyError(501, `Syntax: ${verb.name} ${verb.syntax}`)
  if (verb.argument === 'none' && given) throw new ReplyError(501, `${verb.name} takes no argument.`)
  if (verb.right !== undefined && !login.rights.has(verb.right)) {
    onMissing(verb.right)
    throw new ReplyError(550, `Your account does not have the right to ${RIGHT_TO[verb.right]}.`)
  }
}

const RIGHT_TO: Record<NonNullable<Verb['right']>, string> = {
  list: 'list',
  read: 'read files',
  write: 'write files',
  append: 'add to files',
  delete: 'delete',
  rename: 'rename',
  mkdir: 'make folders',
  superuser: 'do that',
}
