/** What opens, ends and describes the session. */
import type { CommandName } from '../../../../common/commands.ts'
import { SluiceError } from '../../../../common/errors.ts'
import { line } from '../output.ts'
import { statusLines } from '../status-text.ts'
import type { Handler } from '../types.ts'
import { modeCommands } from './session-modes.ts'
import { open, user } from './session-open.ts'
import { quote } from './session-raw.ts'

const close: Handler = async ({ host, write }) => {
  const { state } = host.session
  await host.session.disconnect()
  const text = state.state === 'disconnected' ? 'Not connected.' : `Closed the session with ${state.endpoint.host}.`
  write({ lines: [line('muted', text)], data: [{ session: 'closed' }] })
}

const status: Handler = async ({ host, signal, write }) => {
  const report = await host.status({ signal })
  write({ lines: statusLines(report, Date.now()), data: [report] })
}

const shell: Handler = () =>
  Promise.reject(
    new SluiceError(
      'bad-argument',
      'Commands of the operating system are not run from here: what a server or a script says must never reach a shell. Use a terminal of your own; lcd, lls, lmkdir and ldelete work on this computer.',
    ),
  )

/** Whoever shows the console closes the session and ends: the command's end tells. */
const quit: Handler = () => Promise.resolve()

export const sessionCommands = {
  open,
  user,
  close,
  status,
  quote,
  '!': shell,
  quit,
  ...modeCommands,
} satisfies Partial<Record<CommandName, Handler>>
