/** A screen that nobody sees, with a mouse and a keyboard. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { onTestFinished, vi } from 'vitest'
import { peer } from '../../../testing/peers.ts'

const run = promisify(execFile)
const PATIENCE = { timeout: 12_000, interval: 50 }

export interface Screen {
  /** As DISPLAY has it: ":99". */
  readonly display: string
  /** Does what `xdotool` is told; gives what it prints. */
  tool(...args: string[]): Promise<string>
  /** The visible windows with such a title, as `xdotool` names them. */
  windows(title: string): Promise<string[]>
}

/** Starts it on a number of its own; it ends with the test. */
export async function startScreen(): Promise<Screen> {
  const server = spawn(peer('xvfb'), ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const ended = once(server, 'exit')
  onTestFinished(async () => {
    server.kill()
    await ended
  })
  const number = server.stdio[3] as Readable
  const [first] = (await Promise.race([once(number, 'data'), text(number)])) as [Buffer | string]
  const display = `:${String(first).trim()}`
  const tool = async (...args: string[]): Promise<string> => {
    const { stdout } = await run(peer('xdotool'), args, { env: { DISPLAY: display } })
    return stdout
  }
  const windows = async (title: string): Promise<string[]> => {
    // It ends with 1 when there is none.
    const found = await tool('search', '--onlyvisible', '--name', title).catch(() => '')
    return found.split('\n').filter((line) => line !== '')
  }
  return { display, tool, windows }
}

/** Waits until it does not throw and is not false. */
export async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  await vi.waitFor(async () => {
    if (!(await what())) throw new Error(`It never came to: ${what.toString()}`)
  }, PATIENCE)
}
