/** The commands for files and folders on this computer: lcd, lls, lpwd, lmkdir, ldelete. */
import { lstat, stat, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { SluiceError } from '../../../../common/errors.ts'
import { listLocal, localError, makeFolder, printablePath, statLocal } from '../../../local/index.ts'
import { hasPattern, literal } from '../parse.ts'
import { line, Totals } from '../output.ts'
import { localPath, shownLocal } from '../paths.ts'
import type { CommandContext, Handler } from '../types.ts'
import { Confirmation } from './confirm.ts'
import { byName, expandLocal, findLocal, localPattern } from './local-names.ts'
import { writeEntries } from './remote-files-look.ts'
import { nothingMatches } from './remote-names.ts'
import { forEach } from './reporting.ts'

export const localFileCommands = {
  lcd: async ({ host, write }, [word = '~']) => {
    const previous = host.folders.previous('local')
    if (literal(word) === '-' && previous === null)
      throw new SluiceError('bad-argument', 'There is no folder before this one.')
    const path = literal(word) === '-' && previous !== null ? previous : localPath(host, word)
    await refuseNoFolder(path)
    host.folders.set('local', path)
    write({ lines: [line('normal', path)], data: [{ local: path }] })
  },

  lpwd: async ({ host, write }) => {
    const { local } = host.folders.get()
    write({ lines: [line('normal', local)], data: [{ local }] })
  },

  lls: async (context, [word]) => {
    const totals = new Totals()
    if (word !== undefined && hasPattern(word)) {
      const { signal } = context
      const { root, base, pattern } = localPattern(context.host, word)
      const prefix = base === '' || base.endsWith('/') ? base : `${base}/`
      for await (const batch of findLocal({ root, pattern }, { signal, inMatches: true }))
        writeEntries(
          context,
          batch.map(({ path, entry }) => ({ ...entry, name: prefix + path })),
          totals,
        )
      if (totals.count === 0) throw nothingMatches(word)
    } else {
      const path = word === undefined ? context.host.folders.get().local : localPath(context.host, word)
      if (!(await listPath(context, path, totals))) return
    }
    context.write({ lines: [totals.line()] })
  },

  lmkdir: (context, words) =>
    forEach(context, 'lmkdir', words, async (word, touch) => {
      const { host } = context
      const path = localPath(host, word)
      await makeFolder(dirname(path), basename(path))
      touch('local', dirname(path))
      context.write({ lines: [line('good', `Made ${path}`)], data: [{ command: 'lmkdir', path }] })
    }),

  ldelete: async (context, words) => {
    const { host } = context
    const matches = await expandLocal(context, words, { types: ['file', 'link', 'other'] })
    const chosen = await new Confirmation(context).choose(matches, ({ path }) => `Delete ${shownLocal(host, path)}`)
    return forEach(context, 'ldelete', chosen, async ({ path }, touch) => {
      await deleteFile(path)
      touch('local', dirname(path))
      context.write({
        lines: [line('good', `Deleted ${shownLocal(host, path)}`)],
        data: [{ command: 'ldelete', path }],
      })
    })
  },
} satisfies Record<string, Handler>

/** @returns false when it was a file, which has no totals */
async function listPath(context: CommandContext, path: string, totals: Totals): Promise<boolean> {
  const { signal, host } = context
  const found = await stat(path).catch((error: unknown) => {
    throw localError(error, 'list', path)
  })
  if (!found.isDirectory()) {
    const entry = await statLocal(path, shownLocal(host, path))
    if (entry) writeEntries(context, [entry], totals)
    return false
  }
  // Batches are sorted, not all: the first rows show at once, whatever the size of the folder.
  for await (const batch of listLocal(path, { signal })) writeEntries(context, batch.toSorted(byName), totals)
  return true
}

async function refuseNoFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw localError(error, 'open the folder', path)
  })
  if (!found.isDirectory()) throw new SluiceError('local-not-found', `"${printablePath(path)}" is not a folder.`)
}

/** Files and links only, whatever is there by now: `unlink` leaves folders alone. */
async function deleteFile(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory())
      throw new SluiceError('bad-argument', `"${printablePath(path)}" is a folder; folders are left alone here.`)
    await unlink(path)
  } catch (error) {
    throw localError(error, 'delete', path)
  }
}
