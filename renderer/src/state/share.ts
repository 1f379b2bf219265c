import { create } from 'zustand'
import type { ErrorData } from '../../../common/errors.ts'
import type { ShareState } from '../../../common/ipc.ts'
import type { FirstAccount, PortTest, ShareInterface } from '../../../common/share.ts'
import { call, shownError } from '../api.ts'
import {
  checkShareForm,
  formOf,
  startProblem,
  type FieldErrors,
  type ShareField,
  type ShareForm,
} from '../lib/share-form.ts'
import { report, toast } from './ui.ts'
import { useView } from './view.ts'

/** Main owns the server and its configuration; this mirrors them, and holds what is being typed. */
interface ShareSlice {
  /** Null until main has told. */
  share: ShareState | null
  /** Why main could not tell. */
  loadError: ErrorData | null
  /** What was typed and is not saved; null while it says what is saved. */
  draft: ShareForm | null
  errors: FieldErrors
  /** True until the first wrong field has taken the focus. */
  focusError: boolean
  /** What was asked for and has not been answered. */
  busy: 'start' | 'stop' | 'restart' | 'save' | null
  /** Why the last of them failed. */
  problem: ErrorData | null
  /** Of the server's own problems, the time of the last that was dismissed; ms since the epoch. */
  problemsSeen: number
  /** Shown until somebody has noted it: main tells the password this once. */
  firstAccount: FirstAccount | null
  interfaces: readonly ShareInterface[]
  portTest: PortTestState
  tryOut: { state: 'idle' | 'busy' } | { state: 'failed'; error: ErrorData }
}

export type PortTestState =
  { state: 'idle' | 'busy' } | { state: 'done'; test: PortTest } | { state: 'failed'; error: ErrorData }

export const useShare = create<ShareSlice>()(() => ({
  share: null,
  loadError: null,
  draft: null,
  errors: {},
  focusError: false,
  busy: null,
  problem: null,
  problemsSeen: 0,
  firstAccount: null,
  interfaces: [],
  portTest: { state: 'idle' },
  tryOut: { state: 'idle' },
}))

/** True while a server runs that takes uploads unscanned. */
export const useUnscannedShare = (): boolean =>
  useShare(({ share }) => share !== null && 'scan' in share.status && !share.status.scan)

/** What main says, by an event or in an answer. */
export function takeShare(share: ShareState): void {
  const { share: before } = useShare.getState()
  // Another start has other addresses: what was tested is no longer true.
  const other = before !== null && before.status.state !== share.status.state
  useShare.setState({ share, loadError: null, ...(other ? { portTest: { state: 'idle' } } : {}) })
  // The page says it itself; the panes have only the colour of a dot for it.
  if (before?.status.state === 'running' && share.status.state === 'failed' && useView.getState().view === 'files') {
    toast(`Sharing: ${share.status.error.message}`, 'error')
  }
}

/** Asks main how things are. An event that came meanwhile is newer than the answer. */
export async function loadShare(): Promise<void> {
  const { share: before } = useShare.getState()
  useShare.setState({ loadError: null })
  try {
    const share = await call('share.get')
    if (useShare.getState().share === before) takeShare(share)
  } catch (error) {
    useShare.setState({ loadError: shownError(error) })
  }
}

export function loadInterfaces(): void {
  report(call('share.interfaces').then((interfaces) => useShare.setState({ interfaces })))
}

/** The form as it stands, typed or saved; null until main has told. */
export function shownForm({ draft, share }: Pick<ShareSlice, 'draft' | 'share'>): ShareForm | null {
  return draft ?? (share ? formOf(share.config) : null)
}

/** Takes what was typed. Fields that were wrong are checked again at once, the others when it is saved. */
export function editShare(change: Partial<ShareForm>): void {
  useShare.setState(({ share, draft, errors }) => {
    const form = shownForm({ draft, share })
    if (!form || !share) return {}
    const next = { ...form, ...change }
    const checked = checkShareForm(next, share.config)
    const found = checked.ok ? {} : checked.errors
    const known = (Object.keys(errors) as ShareField[]).filter((field) => found[field] !== undefined)
    const same = JSON.stringify(next) === JSON.stringify(formOf(share.config))
    return {
      draft: same ? null : next,
      errors: Object.fromEntries(known.map((field) => [field, found[field]])),
    }
  })
}

export function discardEdits(): void {
  useShare.setState({ draft: null, errors: {}, problem: null })
}

const refuse = (errors: FieldErrors): false => {
  useShare.setState({ errors, focusError: true })
  // Started from another part of the page, they would not be seen.
  useView.setState({ tab: 'setup' })
  return false
}

/** Saves what was typed. @returns false when something is wrong with it: the fields say what */
async function save(): Promise<boolean> {
  const { share, draft } = useShare.getState()
  if (!share) return false
  if (draft === null) return true
  const checked = checkShareForm(draft, share.config)
  if (!checked.ok) return refuse(checked.errors)
  takeShare(await call('share.setConfig', checked.config))
  // What was typed while main was saving stays.
  useShare.setState((now) => (now.draft === draft ? { draft: null, errors: {} } : {}))
  return true
}

/** One thing at a time; what goes wrong is kept to be shown on the page. */
async function during(busy: NonNullable<ShareSlice['busy']>, work: () => Promise<unknown>): Promise<void> {
  if (useShare.getState().busy !== null) return
  useShare.setState({ busy, problem: null })
  try {
    await work()
  } catch (error) {
    const problem = shownError(error)
    // The state says it already, as a rule.
    useShare.setState(({ share }) => (share?.status.state === 'failed' ? {} : { problem }))
  } finally {
    useShare.setState({ busy: null })
  }
}

async function start(): Promise<void> {
  const { firstAccount } = await call('share.start')
  if (firstAccount) useShare.setState({ firstAccount })
}

/** True when what is typed or saved can be started; else the fields say why not. */
async function saveToStart(): Promise<boolean> {
  if (!(await save())) return false
  const { share } = useShare.getState()
  const errors = share ? startProblem(share.config) : null
  return errors === null ? true : refuse(errors)
}

export const saveShare = (): Promise<void> => during('save', save)

export const startSharing = (): Promise<void> =>
  during('start', async () => {
    if (await saveToStart()) await start()
  })

export const stopSharing = (): Promise<void> => during('stop', () => call('share.stop'))

/** Saves, stops and starts: what runs takes on what was changed. */
export const restartSharing = (): Promise<void> =>
  during('restart', async () => {
    if (!(await saveToStart())) return
    await call('share.stop')
    await start()
  })

/** Lets a person choose a folder; null when they did not. */
export async function chooseFolder(from: string): Promise<string | null> {
  try {
    return await call('share.chooseFolder', from)
  } catch (error) {
    toast(shownError(error).message, 'error')
    return null
  }
}

export async function testPorts(): Promise<void> {
  useShare.setState({ portTest: { state: 'busy' } })
  try {
    useShare.setState({ portTest: { state: 'done', test: await call('share.portTest') } })
  } catch (error) {
    useShare.setState({ portTest: { state: 'failed', error: shownError(error) } })
  }
}

/** Starts the server with a folder of examples, if need be, and connects to it. */
export async function tryOutShare(): Promise<void> {
  if (useShare.getState().tryOut.state === 'busy') return
  useShare.setState({ tryOut: { state: 'busy' } })
  try {
    await call('share.tryOut')
    useShare.setState({ tryOut: { state: 'idle' } })
  } catch (error) {
    useShare.setState({ tryOut: { state: 'failed', error: shownError(error) } })
  }
}
