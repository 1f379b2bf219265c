/** A real terminal for one test: tmux on a socket of its own, typed into and read like by a person. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { peer } from '../../testing/peers.ts'
import { ENTRY, type Place } from './sluice.ts'

const run = promisify(execFile)
/** ms that a screen may take to show what is waited for */
const DEADLINE = 15_000
/** ms between two looks at the screen */
const LOOK = 30

export class Terminal {
  readonly #socket: string
  /** Of tmux itself too: a shell in it inherits the server's. */
  readonly #env: Record<string, string>

  private constructor(socket: string, env: Record<string, string>) {
    this.#socket = socket
    this.#env = env
  }

  /** Opens a terminal with a plain shell; it ends with the test. */
  static async open(
    place: Place,
    size: { columns: number; rows: number } = { columns: 100, rows: 40 },
  ): Promise<Terminal> {
    const { columns, rows } = size
    const env = { ...place.env, PS1: 'shell$ ', TERM: 'screen', LC_ALL: 'C.UTF-8' }
    const terminal = new Terminal(`sluice-${process.pid}-${randomBytes(4).toString('hex')}`, env)
    onTestFinished(() =>
      terminal.#tmux('kill-server').then(
        () => undefined,
        () => undefined,
      ),
    )
    const window = ['-x', String(columns), '-y', String(rows), '-c', place.folder]
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...window, 'sh', '-i')
    await terminal.until((screen) => screen.includes('shell$'))
    return terminal
  }

  /** Starts the program in it. */
  async sluice(...args: string[]): Promise<void> {
    const words = [process.execPath, ENTRY, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    // The command itself would fill the screen.
    await this.type(`clear; ${words.join(' ')}`)
    await this.press('Enter')
    await this.until((screen) => !screen.includes(ENTRY))
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses keys by tmux's names: Enter, Tab, Up, C-c. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What is on the screen and above it, without empty lines at the end. */
  async screen(): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p', '-J', '-S', '-')
    return stdout.trimEnd()
  }

  /** Waits until the screen is as wanted. @throws Error with the screen when it does not get there */
  async until(wanted: (screen: string) => boolean): Promise<string> {
    const deadline = performance.now() + DEADLINE
    for (;;) {
      const screen = await this.screen()
      if (wanted(screen)) return screen
      if (performance.now() > deadline) throw new Error(`The screen did not get there:\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK))
    }
  }

  /** Waits for a text. */
  see(text: string): Promise<string> {
    return this.until((screen) => screen.includes(text))
  }

  /** Waits until the last line ends with a text, as a prompt does. */
  at(prompt: string): Promise<string> {
    return this.until((screen) => screen.endsWith(prompt.trimEnd()))
  }

  #tmux(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return run(peer('tmux'), ['-L', this.#socket, ...args], { encoding: 'utf8', env: this.#env })
  }
}
