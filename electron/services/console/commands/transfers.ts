/** The commands that move files: put, mput, get, mget, reget, reput, append. All go through the queue of the window. */
import { mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SluiceError } from '../../../../common/errors.ts'
import type { TransferMode, TransferRequest } from '../../../../common/models.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../../../common/remote-path.ts'
import { containedFolder, localError, safeLocalName } from '../../../local/index.ts'
import { follow } from '../follow.ts'
import { hasPattern } from '../parse.ts'
import { line } from '../output.ts'
import {
  isLocalFolder,
  isRemoteFolder,
  localPath,
  refusePattern,
  refusePatternTarget,
  refuseStream,
  remoteFolder,
  remotePath,
  saysFolder,
  shownLocal,
  shownRemote,
} from '../paths.ts'
import type { CommandContext, Handler, Outcome } from '../types.ts'
import { Confirmation } from './confirm.ts'
import { expandLocal } from './local-names.ts'
import { expandRemote } from './remote-names.ts'
import { Problems } from './reporting.ts'

export const transferCommands = {
  put: (context, words) => upload(context, 'put', words, 'whole'),
  reput: (context, words) => upload(context, 'reput', words, 'resume'),
  append: (context, words) => upload(context, 'append', words, 'append'),
  get: (context, words) => download(context, 'get', words, 'whole'),
  reget: (context, words) => download(context, 'reget', words, 'resume'),

  mput: async (context, words) => {
    const { host } = context
    const matches = await expandLocal(context, words)
    const chosen = await several(context, matches, ({ path }) => `Upload ${shownLocal(host, path)}`)
    const here = remoteFolder(host)
    return sendAll(
      context,
      'mput',
      'upload',
      chosen.map(({ path, folders }) => ({ source: { path }, folder: folders.reduce(joinRemote, here) })),
    )
  },

  mget: async (context, words) => {
    const { host } = context
    const { names, folder } = await splitLocalFolder(context, words)
    const problems = new Problems(context, 'mget')
    const matches = await expandRemote(context, names, { onProblem: (error) => problems.add(error) })
    const chosen = await several(context, matches, ({ path }) => `Download ${shownRemote(host, path)}`)
    const items: Item[] = []
    const made = new Map<string, string>()
    for (const { path, type, folders } of chosen) {
      try {
        const below = folders.join('/')
        const target = made.get(below) ?? (await localFolderFor(folder, folders))
        made.set(below, target)
        items.push({ source: { path, ...(type ? { type } : {}) }, folder: target })
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error
        problems.add(error.toData())
      }
    }
    const outcome = await sendAll(context, 'mget', 'download', items)
    return outcome === 'ok' ? problems.end(items.length) : outcome
  },
} satisfies Record<string, Handler>

async function upload(
  context: CommandContext,
  command: string,
  [word = '', target]: readonly string[],
  mode: TransferMode,
): Promise<Outcome> {
  const { host } = context
  refuseStream(word, 'what is sent must be scanned first, as a file.')
  const path = localPath(host, word)
  await refuseMissing(path, word)
  const place = await remoteTarget(context, target)
  return follow(context, command, [requestFor(context, 'upload', [{ path }], place, mode)])
}

async function download(
  context: CommandContext,
  command: string,
  [word = '', target]: readonly string[],
  mode: TransferMode,
): Promise<Outcome> {
  const { host } = context
  const path = remotePath(host, word)
  const place = await localTarget(context, target)
  const outcome = await follow(context, command, [requestFor(context, 'download', [{ path }], place, mode)])
  if (outcome === 'refused' && hasPattern(word))
    context.write({ lines: [line('muted', 'For several files by pattern use mget.')] })
  return outcome
}

/** Where something goes: a folder, and a name where it is not to keep its own. */
interface Place {
  folder: string
  name?: string
}

async function remoteTarget({ host, signal }: CommandContext, word: string | undefined): Promise<Place> {
  if (word === undefined) return { folder: remoteFolder(host) }
  refusePatternTarget(word)
  const path = remotePath(host, word)
  const isFolder =
    saysFolder(word, 'remote') ||
    (await host.session.run((client) => isRemoteFolder(client, path, remoteFolder(host), signal), {
      again: () => true,
    }))
  if (isFolder) return { folder: path }
  return { folder: remoteParent(path), name: remoteBasename(path) }
}

async function localTarget({ host }: CommandContext, word: string | undefined): Promise<Place> {
  if (word === undefined) return { folder: host.folders.get().local }
  refusePatternTarget(word)
  refuseStream(word, '“cat” shows a text file.')
  const path = localPath(host, word)
  if (saysFolder(word, 'local') || (await isLocalFolder(path))) return { folder: path }
  return { folder: dirname(path), name: basename(path) }
}

/** What mget is to get, and the local folder its last argument names, if it names one. */
async function splitLocalFolder(
  { host }: CommandContext,
  words: readonly string[],
): Promise<{ names: readonly string[]; folder: string }> {
  const last = words.at(-1)
  if (words.length > 1 && last !== undefined && !hasPattern(last)) {
    const path = localPath(host, last)
    if (saysFolder(last, 'local') || (await isLocalFolder(path))) return { names: words.slice(0, -1), folder: path }
  }
  return { names: words, folder: host.folders.get().local }
}

/**
 * The local folder for something found below folders of the server, made when missing. The server's names are held
 * against the rules for local ones, and no link is followed on the way down.
 */
async function localFolderFor(base: string, folders: readonly string[]): Promise<string> {
  if (folders.length === 0) return base
  // The person named it, so it may be reached through links.
  await mkdir(base, { recursive: true }).catch((error: unknown) => {
    throw localError(error, 'create the folder', base)
  })
  return containedFolder(base, join(base, ...folders.map(safeLocalName)), { create: true })
}

/** @param word what was typed for it */
async function refuseMissing(path: string, word: string): Promise<void> {
  try {
    await stat(path)
  } catch (error) {
    refusePattern(word, 'mput')
    throw localError(error, 'read', path)
  }
}

/** With `prompt` on, each of several is asked about; a folder counts as one. */
async function several<T>(context: CommandContext, things: readonly T[], question: (thing: T) => string): Promise<T[]> {
  return things.length === 1 ? [...things] : new Confirmation(context).choose(things, question)
}

interface Item {
  source: TransferRequest['sources'][number]
  /** Absolute folder it goes into. */
  folder: string
}

/** Sends what goes into the same folder together. */
async function sendAll(
  context: CommandContext,
  command: string,
  direction: TransferRequest['direction'],
  items: readonly Item[],
): Promise<Outcome> {
  const sources = Map.groupBy(items, ({ folder }) => folder)
  const requests = [...sources].map(([folder, group]) =>
    requestFor(
      context,
      direction,
      group.map(({ source }) => source),
      { folder },
      'whole',
    ),
  )
  return follow(context, command, requests)
}

function requestFor(
  { host }: CommandContext,
  direction: TransferRequest['direction'],
  sources: TransferRequest['sources'],
  { folder, name }: Place,
  mode: TransferMode,
): TransferRequest {
  const { transferType, conflict } = host.settings.get()
  return {
    direction,
    sources,
    targetFolder: folder,
    ...(name === undefined ? {} : { targetName: name }),
    transferType: mode === 'whole' ? transferType : 'binary',
    conflict,
    mode,
  }
}
