import type { Side, TransferType } from '../../../common/models.ts'
import { commandWord } from '../lib/command-words.ts'
import {
  oneFileBlocked,
  runCommand,
  selectedIn,
  selectionBlocked,
  sessionBlocked,
  typeCommand,
  typingBlocked,
  type Action,
  type ActionState,
} from './action.ts'
import { transfer } from './pane-actions.ts'
import { toggleScanning } from './scan-policy.ts'
import { updateSettings } from './settings.ts'
import { cancelAllTransfers, clearFinished, retryAllFailed } from './transfers.ts'
import { report } from './ui.ts'

/** Why the one file selected on a side cannot be a word of a command; null when it can. */
const fileWordBlocked = (state: ActionState, side: Side): string | null =>
  oneFileBlocked(state, side) ?? typingBlocked(selectedIn(state, side))

const typeAction = (transferType: TransferType): Action => ({
  run: () => report(updateSettings({ transferType })),
  checked: ({ settings }) => settings.transferType === transferType,
})

/** What the menu Transfers does. Uploads are about the local pane's selection, downloads about the remote one's. */
export const TRANSFER_ACTIONS = {
  put: {
    run: (state) => transfer('local', selectedIn(state, 'local')),
    blocked: (state) => selectionBlocked(state, 'local'),
  },
  mput: {
    run: () => typeCommand('mput'),
    blocked: sessionBlocked,
  },
  get: {
    run: (state) => transfer('remote', selectedIn(state, 'remote')),
    blocked: (state) => selectionBlocked(state, 'remote'),
  },
  mget: {
    run: () => typeCommand('mget'),
    blocked: sessionBlocked,
  },
  reget: {
    run: (state) => runCommand('reget', selectedIn(state, 'remote')),
    blocked: (state) => fileWordBlocked(state, 'remote'),
  },
  reput: {
    run: (state) => runCommand('reput', selectedIn(state, 'local')),
    blocked: (state) => fileWordBlocked(state, 'local'),
  },
  append: {
    run(state) {
      const entries = selectedIn(state, 'local')
      // To the file that is selected on the server, else to the one of the same name.
      const target = oneFileBlocked(state, 'remote') === null ? selectedIn(state, 'remote')[0] : entries[0]
      typeCommand('append', entries, commandWord(target?.name ?? '') ?? '')
    },
    blocked: (state) => fileWordBlocked(state, 'local'),
  },
  auto: typeAction('auto'),
  binary: typeAction('binary'),
  ascii: typeAction('ascii'),
  prompt: {
    run: ({ settings }) => report(updateSettings({ confirmSeveral: !settings.confirmSeveral })),
    checked: ({ settings }) => settings.confirmSeveral,
  },
  scan: {
    run: toggleScanning,
    checked: ({ policy }) => policy.upload && policy.download,
  },
  'cancel-transfers': {
    run: cancelAllTransfers,
    blocked: ({ totals }) => (totals.active + totals.queued === 0 ? 'No transfer is under way.' : null),
  },
  'retry-transfers': {
    run: retryAllFailed,
    blocked: ({ totals }) => (totals.failed === 0 ? 'No transfer has failed.' : null),
  },
  'clear-transfers': {
    run: clearFinished,
    blocked: ({ transfers }) => (transfers === 0 ? 'The list of transfers is empty.' : null),
  },
} as const satisfies Record<string, Action>
