/** Commands that change files on the server: delete, mdelete, rename, chmod. */
import { SluiceError } from '../../../../common/errors.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../../../common/remote-path.ts'
import { literal } from '../parse.ts'
import { line } from '../output.ts'
import {
  isRefusal,
  isRemoteFolder,
  refusePattern,
  refusePatternTarget,
  remoteFolder,
  remotePath,
  saysFolder,
  shownRemote,
} from '../paths.ts'
import type { CommandContext, Handler } from '../types.ts'
import { Confirmation } from './confirm.ts'
import { expandRemote } from './remote-names.ts'
import { forEach, Problems, type Touch } from './reporting.ts'

export const changeCommands = {
  delete: (context, words) =>
    forEach(context, 'delete', words, async (word, touch) => {
      try {
        await deleteFile(context, remotePath(context.host, word), touch)
      } catch (error) {
        if (!isRefusal(error)) throw error
        refusePattern(word, 'mdelete')
        await refuseFolder(context, remotePath(context.host, word))
        throw error
      }
    }),

  mdelete: async (context, words) => {
    const problems = new Problems(context, 'mdelete')
    // Folders never go by a pattern: "rmdir -r" says that it takes what is in them.
    const types = ['file', 'link', 'other'] as const
    const matches = await expandRemote(context, words, { types, onProblem: (error) => problems.add(error) })
    const confirmation = new Confirmation(context)
    const chosen = await confirmation.choose(matches, ({ path }) => `Delete ${shownRemote(context.host, path)}`)
    const outcome = await forEach(context, 'mdelete', chosen, ({ path }, touch) => deleteFile(context, path, touch))
    return outcome === 'ok' ? problems.end(chosen.length) : outcome
  },

  rename: async (context, [from = '', to = '']) => {
    const { host, signal } = context
    refusePatternTarget(to)
    const source = remotePath(host, from)
    const wanted = remotePath(host, to)
    const target = await host.session.run(async (client) => {
      const isFolder =
        wanted !== source &&
        (saysFolder(to, 'remote') || (await isRemoteFolder(client, wanted, remoteFolder(host), signal)))
      const path = isFolder ? joinRemote(wanted, remoteBasename(source)) : wanted
      // Many servers rename over an existing file without a word (rename(2)).
      if (await client.stat1(path, { signal }))
        throw new SluiceError('name-refused', `${path} exists already: choose another name, or delete it first.`)
      await client.rename(source, path, { signal })
      return path
    })
    for (const folder of new Set([remoteParent(source), remoteParent(target)])) host.changed('remote', folder)
    context.write({
      lines: [line('good', `Renamed ${shownRemote(host, source)} to ${shownRemote(host, target)}`)],
      data: [{ command: 'rename', from: source, to: target }],
    })
  },

  chmod: (context, [mode = '', ...words]) =>
    forEach(context, 'chmod', words, async (word, touch) => {
      const { host, signal } = context
      const path = remotePath(host, word)
      const permissions = literal(mode)
      await host.session.run((client) => client.chmod(path, permissions, { signal }), { again: () => true })
      touch('remote', remoteParent(path))
      context.write({
        lines: [line('good', `${shownRemote(host, path)} is ${permissions} now`)],
        data: [{ command: 'chmod', path, mode: permissions }],
      })
    }),
} satisfies Record<string, Handler>

/** Servers say no more than no to a deletion: a folder is a misunderstanding that the message clears up. */
async function refuseFolder({ host, signal }: CommandContext, path: string): Promise<void> {
  const isFolder = await host.session.run((client) => isRemoteFolder(client, path, remoteFolder(host), signal))
  if (isFolder)
    throw new SluiceError('name-refused', `${path} is a folder: "rmdir" removes it, "rmdir -r" with all that is in it.`)
}

async function deleteFile({ host, signal, write }: CommandContext, path: string, touch: Touch): Promise<void> {
  await host.session.run((client) => client.remove(path, { signal }))
  touch('remote', remoteParent(path))
  write({ lines: [line('good', `Deleted ${shownRemote(host, path)}`)], data: [{ command: 'delete', path }] })
}
