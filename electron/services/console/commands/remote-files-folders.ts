/** Commands for the folders of the server: cd, pwd, mkdir, rmdir. */
import { SluiceError } from '../../../../common/errors.ts'
import type { Entry } from '../../../../common/models.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../../../common/remote-path.ts'
import type { FtpClient } from '../../../ftp/index.ts'
import { removeRemote } from '../../remote-files.ts'
import { literal } from '../parse.ts'
import { formatBytesExact, line, plural, printable } from '../output.ts'
import { isRefusal, isRemoteFolder, pathBelow, remoteFolder, remotePath, shownRemote } from '../paths.ts'
import type { CommandContext, Handler, Outcome } from '../types.ts'
import { confirmOnce } from './confirm.ts'
import { forEach, Problems, type Touch } from './reporting.ts'
import { walkRemote } from './walk.ts'

/** Names shown before somebody decides about a folder. */
const SHOWN = 20

export const folderCommands = {
  cd: async (context, [word]) => {
    const { host, signal } = context
    const path = await host.session.run(
      async (client) => {
        const wanted = folderFor(context, client, word)
        await client.cwd(wanted, { signal })
        return wanted
      },
      { again: () => true },
    )
    host.folders.set('remote', path)
    context.write({ lines: [line('normal', path)], data: [{ remote: path }] })
  },

  pwd: async ({ host, write }) => {
    const folders = host.folders.get()
    write({
      lines: [
        line('normal', `Remote  ${folders.remote ?? '– (not connected)'}`),
        line('normal', `Local   ${folders.local}`),
      ],
      data: [folders],
    })
  },

  mkdir: (context, words) =>
    forEach(context, 'mkdir', words, async (word, touch) => {
      const { host, signal, options } = context
      const path = remotePath(host, word)
      const made: string[] = []
      try {
        await host.session.run((client) =>
          options.has('-p') ? makeAll(client, path, made, context) : client.mkdir(path, { signal }),
        )
        if (!options.has('-p')) made.push(path)
      } finally {
        for (const folder of made) touch('remote', remoteParent(folder))
      }
      const text = made.length > 0 ? 'Made' : 'Already there:'
      context.write({ lines: [line('good', `${text} ${path}`)], data: [{ command: 'mkdir', path, made: made.length }] })
    }),

  rmdir: (context, words) =>
    context.options.has('-r')
      ? removeTrees(context, words)
      : forEach(context, 'rmdir', words, async (word, touch) => {
          const path = remotePath(context.host, word)
          await context.host.session.run((client) => client.rmdir(path, { signal: context.signal }))
          removed(context, path, touch)
        }),
} satisfies Record<string, Handler>

function folderFor({ host }: CommandContext, client: FtpClient, word = '~'): string {
  const text = literal(word)
  // The connection knows it even when it was opened again just now.
  if (text === '~') return client.home
  if (text !== '-') return remotePath(host, word)
  const before = host.folders.previous('remote')
  if (before === null) throw new SluiceError('bad-argument', 'There is no folder before this one.')
  return before
}

/** Makes a folder and what is missing above it. @param made paths, in the order they were made */
async function makeAll(client: FtpClient, path: string, made: string[], context: CommandContext): Promise<void> {
  const { signal, host } = context
  try {
    await client.mkdir(path, { signal })
    made.push(path)
  } catch (error) {
    if (!isRefusal(error)) throw error
    // Servers answer alike to "exists", "not allowed" and "nothing there to make it in".
    if (await isRemoteFolder(client, path, remoteFolder(host), signal)) return
    const parent = remoteParent(path)
    if (parent === path || (await isRemoteFolder(client, parent, remoteFolder(host), signal))) throw error
    await makeAll(client, parent, made, context)
    await client.mkdir(path, { signal })
    made.push(path)
  }
}

async function removeTrees(context: CommandContext, words: readonly string[]): Promise<Outcome> {
  const { host, options, signal } = context
  return forEach(context, 'rmdir', words, async (word, touch) => {
    const path = remotePath(host, word)
    await host.session.run((client) => refuseOther(client, path, signal), { again: () => true })
    if (!options.has('-f') && !(await consentTo(context, path))) {
      context.write({ lines: [line('muted', `Kept ${path}`)] })
      return
    }
    const result = await host.session.run((client) =>
      removeRemote(client, remoteParent(path), [{ name: remoteBasename(path), type: 'dir' }], { signal }),
    )
    touch('remote', remoteParent(path))
    if (result.failed.length === 0) {
      removed(context, path, touch, result.removed)
      return
    }
    const problems = new Problems(context, 'rmdir')
    for (const { error } of result.failed) problems.add(error)
    problems.end(result.removed)
    throw new SluiceError(
      'ftp-refused',
      `${path} could not be removed whole: ${plural(result.removed, 'entry', 'entries')} went, ${result.failed.length} stayed.`,
    )
  })
}

/** The root cannot go; and through a link the contents of another folder would go. */
async function refuseOther(client: FtpClient, path: string, signal: AbortSignal): Promise<void> {
  const name = remoteBasename(path)
  if (name === '') throw new SluiceError('bad-argument', 'The root of the server cannot be removed.')
  let found: Entry | undefined
  for await (const batch of client.list(remoteParent(path), { signal }))
    found ??= batch.find((entry) => entry.name === name)
  if (!found) throw new SluiceError('not-found', `${path} does not exist.`)
  if (found.type === 'link')
    throw new SluiceError('bad-argument', `${path} is a link: "delete" removes it and leaves alone what it leads to.`)
  if (found.type !== 'dir') throw new SluiceError('bad-argument', `${path} is not a folder: "delete" removes it.`)
}

/** Lists what would go, and asks. */
async function consentTo(context: CommandContext, path: string): Promise<boolean> {
  const { host, signal } = context
  const found = { names: [] as string[], entries: 0, bytes: 0 }
  await host.session.run(
    async (client) => {
      Object.assign(found, { names: [], entries: 0, bytes: 0 })
      const onProblem = (error: { message: string }): void => context.write({ lines: [line('warn', error.message)] })
      for await (const batch of walkRemote(client, path, { signal, onProblem })) {
        for (const { path: below, entry } of batch) {
          found.entries++
          if (entry.type === 'file') found.bytes += entry.size ?? 0
          if (found.names.length < SHOWN) found.names.push(joinRemote(path, below) + (entry.type === 'dir' ? '/' : ''))
        }
      }
    },
    { again: () => true },
  )
  const lines = found.names.map((name) => line('normal', shownRemote(host, name)))
  if (found.entries > SHOWN) lines.push(line('muted', `… and ${found.entries - SHOWN} more`))
  context.write({ lines })
  const contents =
    found.entries === 0
      ? 'which is empty'
      : `with all that is in it (${plural(found.entries, 'entry', 'entries')}, ${formatBytesExact(found.bytes)})`
  return confirmOnce(
    context,
    `Remove ${printable(path)}, ${contents}`,
    'Use "rmdir -r -f" to remove it without a question.',
  )
}

function removed(context: CommandContext, path: string, touch: Touch, entries = 1): void {
  const { host } = context
  touch('remote', remoteParent(path))
  const more = entries > 1 ? ` (${plural(entries, 'entry', 'entries')})` : ''
  context.write({
    lines: [line('good', `Removed ${path}${more}`)],
    data: [{ command: 'rmdir', path, removed: entries }],
  })
  // Relative names must not start in a folder that is gone.
  const current = remoteFolder(host)
  if (current === path || pathBelow(path, current) !== null) host.folders.set('remote', remoteParent(path))
}
