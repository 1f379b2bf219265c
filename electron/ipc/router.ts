/**
 * The main-process end of the IPC contract: one handler for one channel name. It checks who calls, validates the
 * arguments, calls the handler and wraps what comes back; no other code listens to the renderer.
 */
import type { z } from 'zod'
import { SluiceError, toErrorData, type ErrorData } from '../../common/errors.ts'
import { ipcArguments, type IpcChannel, type IpcParsedArgs, type IpcResults } from '../../common/ipc.ts'

export type IpcHandlers = {
  [C in IpcChannel]: (...args: IpcParsedArgs<C>) => IpcResults[C] | Promise<IpcResults[C]>
}

/** What the router needs to know of a caller; Electron's IpcMainInvokeEvent has it. */
export interface IpcCaller {
  senderFrame: { url: string; parent: unknown } | null
}

type WireReply = { ok: true; value: unknown } | { ok: false; error: ErrorData }

/**
 * Makes the function to hand to `ipcMain.handle(INVOKE_CHANNEL, ...)`.
 *
 * @param appOrigin scheme and host our own page is served from, e.g. "app://sluice"
 * @returns a listener that never rejects: refusals and failures come back as data
 */
export function createRouter(
  handlers: IpcHandlers,
  appOrigin: string,
): (caller: IpcCaller, channel: unknown, ...args: unknown[]) => Promise<WireReply> {
  return async (caller, channel, ...args) => {
    try {
      if (!isOwnTopFrame(caller, appOrigin)) {
        throw new SluiceError('permission-denied', 'Calls are taken from the app’s own window only.')
      }
      if (!isChannel(channel)) throw new SluiceError('bad-argument', `There is no channel ${String(channel)}.`)
      return { ok: true, value: await call(handlers, channel, args) }
    } catch (error) {
      return { ok: false, error: toErrorData(error) }
    }
  }
}

function isOwnTopFrame(caller: IpcCaller, appOrigin: string): boolean {
  const frame = caller.senderFrame
  // The URL's origin is "null" for custom schemes in some parsers, so the text is compared; "/" ends the host.
  return frame !== null && frame.parent === null && frame.url.startsWith(`${appOrigin}/`)
}

function isChannel(channel: unknown): channel is IpcChannel {
  return typeof channel === 'string' && Object.hasOwn(ipcArguments, channel)
}

async function call<C extends IpcChannel>(handlers: IpcHandlers, channel: C, args: unknown[]): Promise<unknown> {
  const schema: z.ZodType = ipcArguments[channel]
  const parsed = schema.safeParse(args)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new SluiceError(
      'bad-argument',
      `${channel}: ${issue ? `${issue.path.join('.')}: ${issue.message}` : 'not what it takes'}`,
    )
  }
  // The schema of this very channel has just accepted them; the compiler cannot follow the lookup.
  const handler = handlers[channel] as (...values: unknown[]) => unknown
  return handler(...(parsed.data as unknown[]))
}
