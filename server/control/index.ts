/** The server process's end of common/share-control.ts: does what the app asks and tells it what goes on. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ParentProcess } from '../../common/parent-process.ts'
import {
  shareArguments,
  shareRequestSchema,
  type ShareEvent,
  type ShareMessage,
  type ShareMethod,
} from '../../common/share-control.ts'
import { createHandlers } from './handlers.ts'
import { ManagedShare } from './managed-share.ts'

export interface ShareControl {
  /** Ends everything at once; transfers are cut. */
  dispose(): Promise<void>
}

/** Begins to serve the parent. Nothing is opened before it asks. */
export function serveParent(parent: ParentProcess): ShareControl {
  const post = (message: ShareMessage): void => parent.post(message)
  const tell = (event: ShareEvent): void => post({ type: 'event', event })
  const share = new ManagedShare(tell)
  const handlers = createHandlers(share)

  const answer = async (message: unknown): Promise<void> => {
    const request = shareRequestSchema.safeParse(message)
    // Without a number nothing can be answered, and the parent is not known to send such things.
    if (!request.success) return
    const { id, method, argument } = request.data
    try {
      post({ type: 'answer', id, ok: true, value: await call(method, argument) })
    } catch (error) {
      post({ type: 'answer', id, ok: false, error: toErrorData(error) })
    }
  }
  const call = (method: ShareMethod, argument: unknown): Promise<unknown> => {
    const checked = shareArguments[method].safeParse(argument)
    if (!checked.success) {
      const [issue] = checked.error.issues
      const where = issue === undefined || issue.path.length === 0 ? method : `${method} ${issue.path.join('.')}`
      throw new SluiceError('bad-argument', `${where}: ${issue?.message ?? 'not understood'}`)
    }
    // The schema of the method has given exactly what its handler takes; TypeScript cannot follow that through a union.
    const handler = handlers[method] as (checkedArgument: unknown) => Promise<unknown>
    return handler(checked.data)
  }
  parent.onMessage((message) => void answer(message))
  return { dispose: () => share.dispose() }
}
