/**
 * A command that moves data: RETR, STOR, APPE, LIST, MLSD (RFC 959 section 4.1.3, RFC 3659 section 7). It succeeded only
 * if the data connection ended as it should and the final reply is 2xx; either may come first.
 */
import { once } from 'node:events'
import type { OnReadOpts, Socket } from 'node:net'
import { SluiceError } from '../../common/errors.ts'
import { seconds, type ControlConnection } from './control-connection.ts'
import { openData, type DataContext, type DataLink } from './data-connection.ts'
import { exchange } from './exchange.ts'
import type { Reply, Sink } from './options.ts'
import { BLOCK_BYTES, Receiver } from './receive.ts'
import { replyError } from './reply-errors.ts'
import { sendAll } from './send.ts'
import { cancelled, within } from './waiting.ts'

/** How long the server is given to say why a data connection broke, in ms. */
const EXPLAIN = 5_000
/** How long a server may leave its side of the data connection open after its final reply, in ms. */
const LINGER = 1_000
/** How long a cancelled transfer waits for a TLS handshake that is under way, in ms. */
const PATIENCE = 2_000

export interface DataCommand {
  verb: string
  argument: string
  /** What failed, for people: "Cannot download /a/b". */
  what: string
  /** Bytes to skip (REST); 0 sends none. */
  offset?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((bytes: number) => void) | undefined
}

interface Mover {
  onread?: OnReadOpts
  attach(socket: Socket, reads: 'onread' | 'data'): void
  /** Moves all data; gives the bytes moved. Ends soon after `stop`. */
  move(socket: Socket, stop: AbortSignal): Promise<number>
  /** The error if this final reply came before the data's end; null: that is all right. */
  early(final: Reply): SluiceError | null
  drop(error: unknown): void
}

/** Receives what the command sends, into `sink`; gives the bytes received. */
export function receiveData(
  context: DataContext,
  command: DataCommand,
  sink: Sink,
  gather: number = BLOCK_BYTES,
): Promise<number> {
  const { host, timeouts } = context
  const receiver = new Receiver({ sink, gather, idleTimeout: timeouts.data, host, onProgress: command.onProgress })
  return run(context, command, {
    onread: receiver.onread,
    attach: (socket, reads) => receiver.attach(socket, reads),
    move: async (_socket, stop) => {
      const onStop = () => receiver.abandon(stop.reason)
      if (stop.aborted) onStop()
      else stop.addEventListener('abort', onStop, { once: true })
      receiver.expectData()
      try {
        await receiver.done
        return receiver.bytes
      } finally {
        stop.removeEventListener('abort', onStop)
      }
    },
    // 226 may well come while data is still on its way.
    early: (final) => (final.code >= 400 ? replyError(command.what, host, final) : null),
    drop: (error) => receiver.abandon(error),
  })
}

/** Sends `source`; gives the bytes sent. */
export function sendData(context: DataContext, command: DataCommand, source: AsyncIterable<Buffer>): Promise<number> {
  const { host, timeouts } = context
  return run(context, command, {
    attach: () => undefined,
    move: (socket, stop) =>
      sendAll(socket, source, { idleTimeout: timeouts.data, host, onProgress: command.onProgress, stop }),
    // The server cannot know that the file is over before we said so.
    early: (final) =>
      final.code >= 400
        ? replyError(command.what, host, final)
        : new SluiceError('data-truncated', `${command.what}: ${host} called it complete before all was sent.`, {
            reply: final,
          }),
    drop: () => undefined,
  })
}

async function run(context: DataContext, command: DataCommand, mover: Mover): Promise<number> {
  const { control, host, timeouts } = context
  const { signal, what } = command
  if (signal?.aborted) throw cancelled()
  const stop = new AbortController()
  const onAbort = () => stop.abort(cancelled())
  signal?.addEventListener('abort', onAbort, { once: true })
  let link: DataLink | null = null
  let final: Promise<Reply> | null = null
  let standing: Promise<Socket> | null = null
  let sent = false
  try {
    if (command.offset) {
      const rest = await exchange(control, 'REST', String(command.offset), { signal })
      if (rest.code !== 350) throw replyError(`${what} from byte ${command.offset} on`, host, rest)
    }
    link = await openData(context, {
      onread: mover.onread,
      onSocket: (socket, reads) => mover.attach(socket, reads),
      signal,
    })
    control.send(command.verb, command.argument)
    sent = true
    const first = await Promise.race([control.reply({ signal }), link.failed])
    if (first.code >= 400) throw replyError(what, host, first)
    // Some servers leave out 150 and answer 226 at once.
    final = first.code >= 200 ? Promise.resolve(first) : finalReply(control)
    let moving = true
    final.then(
      (reply) => {
        const error = moving && mover.early(reply)
        if (error) stop.abort(error)
      },
      (error: unknown) => stop.abort(error),
    )
    standing = link.ready()
    const socket = await Promise.race([standing, aborted(stop.signal)])
    const bytes = await mover.move(socket, stop.signal)
    moving = false
    const reply = await within(final, {
      timeout: timeouts.reply,
      signal,
      onTimeout: () =>
        control.fail(
          new SluiceError('timeout', `${what}: ${host} did not confirm the end within ${seconds(timeouts.reply)}.`),
        ),
    })
    if (reply.code < 200 || reply.code >= 300) throw replyError(what, host, reply)
    await closedBy(socket)
    return bytes
  } catch (error) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error
    mover.drop(reason)
    if (context.tls && link && sent && signal?.aborted) await partInOrder(standing ?? link.ready())
    link?.destroy()
    throw await explain(context, command, reason, final)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    link?.destroy()
  }
}

/** The most telling error for a transfer that failed; sees to it that the server stops too. */
async function explain(
  { control, host }: DataContext,
  command: DataCommand,
  reason: unknown,
  final: Promise<Reply> | null,
): Promise<unknown> {
  if (!control.isOpen || !control.owesReply) return reason
  const code = reason instanceof SluiceError ? reason.code : null
  if (code === 'certificate-rejected') {
    control.destroy()
    return reason
  }
  if (final && (code === 'data-truncated' || code === 'tls-failed')) {
    // The server's own words are on their way: 426, 451, 522, 552 say more than a broken connection does.
    try {
      const reply = await within(final, {
        timeout: EXPLAIN,
        signal: command.signal,
        onTimeout: () => new SluiceError('timeout', `${host} is silent after a broken transfer.`),
      })
      return reply.code >= 400 ? replyError(command.what, host, reply) : reason
    } catch (error) {
      if (!control.isOpen) return error
    }
  }
  // The owner of the connection waits for the replies to both commands before it goes on.
  control.send('ABOR')
  return reason
}

async function finalReply(control: ControlConnection): Promise<Reply> {
  for (;;) {
    const reply = await control.nextReply()
    if (reply.code >= 200) return reply
  }
}

/**
 * Ends a cancelled data connection as TLS wants it: handshake finished, close_notify sent, and a moment for the server to
 * send its own. vsftpd ends the whole session over a cut handshake or a missing close_notify ("500 OOPS", in clear on the
 * protected control connection), so a person who opens another folder would lose it.
 */
async function partInOrder(standing: Promise<Socket>): Promise<void> {
  try {
    const socket = await within(standing, { timeout: PATIENCE, onTimeout: cancelled })
    socket.end()
    await closedBy(socket)
  } catch {
    // It failed by itself; there is nothing to end.
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Leaves the server time to close its side: closing first while it still sends something would be a reset for it. */
async function closedBy(socket: Socket): Promise<void> {
  if (socket.closed) return
  const timeout = AbortSignal.timeout(LINGER)
  await once(socket, 'close', { signal: timeout }).catch(() => undefined)
}
