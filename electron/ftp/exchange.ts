/** Commands that need no data connection: one command, its final reply. */
import type { ControlConnection, ReplyBound } from './control-connection.ts'
import type { Reply } from './options.ts'
import { replyError } from './reply-errors.ts'
import { cancelled } from './waiting.ts'

/** Sends a command and gives its final reply, whatever it says. After a cancelled wait the reply is still owed. */
export async function exchange(
  control: ControlConnection,
  verb: string,
  argument = '',
  bound: ReplyBound = {},
): Promise<Reply> {
  if (bound.signal?.aborted) throw cancelled()
  control.send(verb, argument)
  for (;;) {
    const reply = await control.reply(bound)
    if (reply.code >= 200) return reply
  }
}

/** Like `exchange`; anything but 2xx is an error that begins with `what`. */
export async function demand(
  control: ControlConnection,
  host: string,
  what: string,
  verb: string,
  argument = '',
  bound: ReplyBound = {},
): Promise<Reply> {
  const reply = await exchange(control, verb, argument, bound)
  if (reply.code < 200 || reply.code >= 300) throw replyError(what, host, reply)
  return reply
}
