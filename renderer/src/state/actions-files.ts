import { focusPaneField } from '../lib/focus.ts'
import { octalMode } from '../lib/command-words.ts'
import { selectAll } from '../lib/selection.ts'
import {
  chosenHere,
  NOT_CONNECTED,
  paneBlocked,
  runCommand,
  selectedIn,
  selectionBlocked,
  sessionBlocked,
  typeCommand,
  typingBlocked,
  type Action,
  type ActionState,
} from './action.ts'
import { askToDelete, copyPaths, copyUrls, goUp } from './pane-actions.ts'
import { parentOf, refresh, setSelection, startRenaming } from './panes.ts'
import { currentEndpoint } from './session.ts'
import { openDialog } from './ui.ts'

/** The folder a command is about: the one selected on the server, else the one shown there. */
const folderOf = (state: ActionState) => {
  const entries = selectedIn(state, 'remote')
  return entries.length === 1 && entries[0]?.type === 'dir' ? entries : []
}

/** Why that folder cannot be a word of a command; null when it can. */
const folderBlocked = (state: ActionState): string | null => sessionBlocked(state) ?? typingBlocked(folderOf(state))

/** What is selected on the server, as a command takes it. */
const remoteBlocked = (state: ActionState): string | null =>
  selectionBlocked(state, 'remote') ?? typingBlocked(selectedIn(state, 'remote'))

/** What the menu Files and folders does, in the pane the person is in. */
export const FILE_ACTIONS = {
  ls: {
    run: ({ side }) => void refresh(side),
    blocked: paneBlocked,
  },
  cd: {
    run: ({ side }) => focusPaneField(side, 'Path'),
    blocked: paneBlocked,
  },
  pwd: {
    run: (state) => copyPaths(state.side, selectedIn(state, state.side)),
    blocked: ({ panes, side }) => (panes[side].path === null ? 'No folder is open.' : null),
  },
  mkdir: {
    run({ panes, side }) {
      const { path } = panes[side]
      if (path !== null) openDialog({ kind: 'new-folder', side, folder: path })
    },
    blocked: paneBlocked,
  },
  delete: {
    run: (state) => askToDelete(state.side, chosenHere(state)),
    blocked: (state) => paneBlocked(state) ?? (chosenHere(state).length === 0 ? 'Select something first.' : null),
  },
  rename: {
    run(state) {
      const [entry] = chosenHere(state)
      if (entry) startRenaming(state.side, entry.name)
    },
    blocked: (state) => paneBlocked(state) ?? (chosenHere(state).length === 1 ? null : 'Select one item first.'),
  },
  chmod: {
    run(state) {
      const entries = selectedIn(state, 'remote')
      const [first] = entries
      typeCommand(`chmod ${octalMode(first?.permissions ?? null) ?? '644'}`, entries)
    },
    blocked: remoteBlocked,
  },
  find: {
    run: (state) => typeCommand(folderOf(state).length === 0 ? 'find .' : 'find', folderOf(state)),
    blocked: folderBlocked,
  },
  du: {
    run: (state) => runCommand('du', folderOf(state)),
    blocked: folderBlocked,
  },
  cat: {
    run: (state) => runCommand('cat', selectedIn(state, 'remote')),
    blocked: (state) =>
      remoteBlocked(state) ??
      (selectedIn(state, 'remote').some(({ type }) => type === 'dir') ? 'Select files only, no folders.' : null),
  },
  up: {
    run: ({ side }) => goUp(side),
    blocked(state) {
      const { path } = state.panes[state.side]
      const top = path !== null && parentOf(state.side, path) === path
      return paneBlocked(state) ?? (top ? 'This is the topmost folder.' : null)
    },
  },
  'select-all': {
    run: ({ panes, side }) => setSelection(side, selectAll(panes[side].selection, panes[side].view)),
    blocked: ({ panes, side }) => (panes[side].view.length === 0 ? 'There is nothing to select.' : null),
  },
  'copy-url': {
    run: (state) => copyUrls(selectedIn(state, 'remote')),
    blocked: (state) =>
      currentEndpoint(state.session) === null || state.panes.remote.path === null ? NOT_CONNECTED : null,
  },
} as const satisfies Record<string, Action>
