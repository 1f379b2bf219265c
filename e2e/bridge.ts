/** The window's bridge to the main process, for specs of what lies under the window. */
import type { Page } from '@playwright/test'
import type { AppEvent, Bridge, IpcArgs, IpcChannel, IpcReply } from '../common/ipc.ts'

/** Calls a channel as the window's own code does. */
export async function invoke<C extends IpcChannel>(page: Page, channel: C, ...args: IpcArgs<C>): Promise<IpcReply<C>> {
  const reply: unknown = await page.evaluate(
    ([name, values]) => {
      const { sluice } = globalThis as unknown as { sluice: { invoke(...all: unknown[]): Promise<unknown> } }
      return sluice.invoke(name, ...values)
    },
    [channel as string, args as unknown[]] as const,
  )
  // The channel's own type: the contract is the same on both sides.
  return reply as IpcReply<C>
}

/** The same; throws what main refuses. */
export async function valueOf<C extends IpcChannel>(page: Page, channel: C, ...args: IpcArgs<C>) {
  const reply = await invoke(page, channel, ...args)
  if (!reply.ok) throw new Error(`${channel}: ${reply.error.message}`)
  return reply.value
}

/** Collects every event from now on; gives those so far. */
export async function listen(page: Page): Promise<() => Promise<AppEvent[]>> {
  await page.evaluate(() => {
    const place = globalThis as unknown as { sluice: Bridge; heard: AppEvent[] }
    place.heard = []
    place.sluice.onEvents((events) => place.heard.push(...events))
  })
  return () => page.evaluate(() => (globalThis as unknown as { heard: AppEvent[] }).heard)
}
