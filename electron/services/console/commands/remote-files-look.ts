/** Commands that look at files on the server: ls, find, du, size, modtime. */
import { SluiceError, type ErrorData } from '../../../../common/errors.ts'
import type { Entry } from '../../../../common/models.ts'
import { hasPattern, literal } from '../parse.ts'
import {
  entryData,
  entryLines,
  formatBytes,
  formatBytesExact,
  formatTime,
  line,
  plural,
  table,
  Totals,
} from '../output.ts'
import { isRefusal, remoteFolder, remotePath, shownRemote } from '../paths.ts'
import { pathPattern } from '../patterns.ts'
import type { CommandContext, Handler, Outcome } from '../types.ts'
import { findMatches, nothingMatches, remotePattern } from './remote-names.ts'
import { forEach, Problems } from './reporting.ts'
import { unreadable, walkRemote } from './walk.ts'

/** Rows of a listing in one piece of output. */
const ROWS = 500

export const lookCommands = {
  ls: async (context, [word]) => {
    if (word !== undefined && hasPattern(word)) return listPattern(context, word)
    return listPath(context, word === undefined ? remoteFolder(context.host) : remotePath(context.host, word))
  },

  find: async (context, args) => {
    const { host, signal } = context
    // "find *.txt" means the current folder, as nobody's folder has a star in its name.
    const [folder, pattern] = args.length === 1 && hasPattern(args[0] ?? '') ? [undefined, args[0]] : args
    const root = folder === undefined ? remoteFolder(host) : remotePath(host, folder)
    const prefix = folder === undefined ? '' : `${literal(folder).replace(/\/+$/, '')}/`
    const matches = searchFor(pattern)
    const problems = new Problems(context, 'find')
    const totals = new Totals()
    await host.session.run(
      async (client) => {
        for await (const batch of walkRemote(client, root, { signal, onProblem: (error) => problems.add(error) })) {
          const found = batch.filter(({ path, entry }) => matches(path, entry.name))
          if (found.length === 0) continue
          for (const { entry } of found) totals.add(entry)
          context.write({
            lines: found.map(({ path, entry }) => line('normal', prefix + path + (entry.type === 'dir' ? '/' : ''))),
            data: found.map(({ path, entry }) => entryData({ ...entry, name: prefix + path })),
          })
        }
      },
      { again: () => totals.count === 0 },
    )
    if (totals.count === 0 && pattern !== undefined && problems.count === 0) throw nothingMatches(pattern)
    context.write({ lines: [totals.line()] })
    return problems.end(totals.count)
  },

  du: async (context, [word]) => {
    const { host, signal } = context
    const root = word === undefined ? remoteFolder(host) : remotePath(host, word)
    const problems = new Problems(context, 'du')
    const sums = await host.session.run(
      async (client) => {
        const folders = new Map<string, Sum>()
        for await (const batch of walkRemote(client, root, { signal, onProblem: (error) => problems.add(error) }))
          for (const { path, entry } of batch) addUp(folders, path, entry)
        return folders
      },
      { again: () => problems.count === 0 },
    )
    const total: Sum = { bytes: 0, files: 0 }
    for (const sum of sums.values()) {
      total.bytes += sum.bytes
      total.files += sum.files
    }
    const rows = [...sums].filter(([name]) => name !== '').map(([name, sum]) => sumRow(sum, `${name}/`))
    const own = sums.get('')
    if (own) rows.push(sumRow(own, rows.length > 0 ? '(files in the folder itself)' : ''))
    const shown = [...rows, sumRow(total, `in all below ${root}`)]
    context.write({
      lines: table(shown, [0, 1]).map((text, at) => line(at < rows.length ? 'normal' : 'muted', text)),
      data: [...sums].map(([name, sum]) => ({ name, ...sum })).concat({ name: root, ...total }),
    })
    return problems.end(total.files)
  },

  size: (context, words) =>
    forEach(context, 'size', words, async (word) => {
      const path = remotePath(context.host, word)
      const bytes = await context.host.session.run((client) => client.size(path, context), { again: () => true })
      if (bytes === null)
        throw new SluiceError('not-found', `The server tells no size of ${path}: it is not there, or it is no file.`)
      const shown = shownRemote(context.host, path)
      context.write({ lines: [line('normal', `${shown}  ${formatBytesExact(bytes)}`)], data: [{ path, size: bytes }] })
    }),

  modtime: (context, words) =>
    forEach(context, 'modtime', words, async (word) => {
      const path = remotePath(context.host, word)
      // Not every server tells the time of a folder by MDTM; the listing above it does.
      const time = await context.host.session.run(
        async (client) =>
          (await client.modified(path, context)) ?? (await client.stat1(path, context))?.modified ?? null,
        { again: () => true },
      )
      if (time === null)
        throw new SluiceError('not-found', `The server tells no time of ${path}: it is not there, or it has none.`)
      const shown = shownRemote(context.host, path)
      context.write({
        lines: [line('normal', `${shown}  ${formatTime(time)}`)],
        data: [{ path, modified: new Date(time).toISOString() }],
      })
    }),
} satisfies Record<string, Handler>

async function listPath(context: CommandContext, path: string): Promise<Outcome> {
  const { host, signal } = context
  const totals = new Totals()
  const problems = new Problems(context, 'ls')
  const onUnreadable = (text: string): void => problems.add(unreadable(path, text))
  const single = await host.session.run(
    async (client) => {
      try {
        for await (const batch of client.list(path, { signal, raw: true, onUnreadable }))
          writeEntries(context, batch, totals)
        return null
      } catch (error) {
        // No folder: perhaps a file.
        if (!isRefusal(error) || totals.count > 0) throw error
        const entry = await client.stat1(path, { signal })
        if (entry === null || entry.type === 'dir') throw error
        return entry
      }
    },
    { again: () => totals.count === 0 },
  )
  if (single) writeEntries(context, [{ ...single, name: shownRemote(host, path) }], totals)
  else context.write({ lines: [totals.line()] })
  return problems.end(1)
}

async function listPattern(context: CommandContext, word: string): Promise<'ok' | 'partial'> {
  const totals = new Totals()
  const problems = new Problems(context, 'ls')
  const { root, pattern } = remotePattern(context.host, word)
  const prefix = pattern.base === '' ? '' : `${pattern.base.replace(/\/+$/, '')}/`
  await findMatches(
    context,
    { root, pattern },
    {
      inMatches: true,
      onProblem: (error: ErrorData) => problems.add(error),
      onMatches: (found) =>
        writeEntries(
          context,
          found.map(({ path, entry }) => ({ ...entry, name: prefix + path })),
          totals,
        ),
    },
  )
  if (totals.count === 0 && problems.count === 0) throw nothingMatches(word)
  context.write({ lines: [totals.line()] })
  return problems.end(totals.count) === 'ok' ? 'ok' : 'partial'
}

export function writeEntries(context: CommandContext, entries: readonly Entry[], totals: Totals): void {
  for (const entry of entries) totals.add(entry)
  // A batch is what the network brought, thousands of rows at times.
  for (let from = 0; from < entries.length; from += ROWS) {
    const rows = entries.slice(from, from + ROWS)
    context.write({ lines: entryLines(rows), data: rows.map(entryData) })
  }
}

/** A pattern without "/" is held against names, one with it against paths; no pattern finds everything. */
function searchFor(word: string | undefined): (path: string, name: string) => boolean {
  if (word === undefined) return () => true
  if (!hasPattern(word)) {
    const text = literal(word)
    return text.includes('/') ? (path) => path === text : (_path, name) => name === text
  }
  // A pattern's base is cut off for walks; here all of the path is looked at.
  const pattern = pathPattern(word, { hidden: true })
  const prefix = pattern.base === '' ? '' : `${pattern.base}/`
  return word.includes('/')
    ? (path) => path.startsWith(prefix) && pattern.matches(path.slice(prefix.length))
    : (_path, name) => pattern.matches(name)
}

interface Sum {
  bytes: number
  files: number
}

function addUp(sums: Map<string, Sum>, path: string, { type, size }: Entry): void {
  const slash = path.indexOf('/')
  const folder = slash !== -1 ? path.slice(0, slash) : type === 'dir' ? path : ''
  const sum = sums.get(folder) ?? { bytes: 0, files: 0 }
  sums.set(folder, sum)
  if (type === 'dir') return
  sum.files++
  sum.bytes += size ?? 0
}

function sumRow({ bytes, files }: Sum, name: string): string[] {
  return [formatBytes(bytes), plural(files, 'file'), name]
}
