import { SluiceError, toErrorData, type ErrorData } from '../../common/errors.ts'
import type { AppEvent, IpcArgs, IpcChannel, IpcResults } from '../../common/ipc.ts'
import { visibleName } from './lib/names.ts'

/** The renderer's only door to main: everything that crosses goes through here. */

function bridge(): NonNullable<Window['sluice']> {
  if (!window.sluice) throw new SluiceError('internal', 'This page only works inside the Sluice application.')
  return window.sluice
}

/** Calls main; throws the SluiceError that main answered with. */
export async function call<C extends IpcChannel>(channel: C, ...args: IpcArgs<C>): Promise<IpcResults[C]> {
  const reply = await bridge().invoke(channel, ...args)
  if (reply.ok) return reply.value
  throw SluiceError.fromData(reply.error)
}

/** Calls back with every batch of events; returns what stops it. */
export function onEvents(callback: (events: AppEvent[]) => void): () => void {
  return bridge().onEvents(callback)
}

/** Real path of a file dropped from the operating system; '' when it has none. */
export function pathForFile(file: File): string {
  return bridge().pathForFile(file)
}

/** An error as the window keeps and shows it; names in it may be a stranger's. */
export function shownError(error: unknown): ErrorData {
  const data = toErrorData(error)
  return { ...data, message: visibleName(data.message) }
}
