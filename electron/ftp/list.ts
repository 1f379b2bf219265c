/** Listing a folder, by MLSD where the server has it, else by LIST; and one entry by MLST. */
import { SluiceError } from '../../common/errors.ts'
import type { Entry } from '../../common/models.ts'
import { remoteBasename } from '../../common/remote-path.ts'
import type { ControlConnection } from './control-connection.ts'
import type { DataContext } from './data-connection.ts'
import { exchange } from './exchange.ts'
import type { FeatureSet } from './features.ts'
import { listParser, mlsdParser, type LineParser } from './listing/choose.ts'
import { parseMlsdLine } from './listing/mlsd.ts'
import { ListingStream } from './listing/stream.ts'
import type { Limits } from './options.ts'
import { replyError } from './reply-errors.ts'
import { receiveData } from './transfer.ts'

export interface ListRequest {
  data: DataContext
  limits: Limits
  features: FeatureSet
  system: string | null
  /** What was found out about this server; updated. */
  memory: { mlsd: boolean; dashA: boolean }
  path: string
  signal: AbortSignal
  /** Give each entry the server's own line. */
  raw: boolean
  onUnreadable: (line: string) => void
  /** Makes a folder the server's current one. */
  goTo: (folder: string) => Promise<void>
  /** Takes a batch; the next one comes when the promise is resolved. */
  onEntries: (entries: Entry[]) => Promise<void>
}

/** @throws SluiceError why the folder could not be listed */
export async function listFolder(request: ListRequest): Promise<void> {
  const { features, memory, path, system } = request
  // LIST takes wildcards and options, and some servers answer a missing folder with an empty listing. As the current
  // folder it has no name that could be misread, and its absence is an error.
  await request.goTo(path)
  if (memory.mlsd && features.has('MLSD')) {
    try {
      await listBy('MLSD', '', mlsdParser(), request)
      return
    } catch (error) {
      if (!isUnknownCommand(error)) throw error
      memory.mlsd = false
    }
  }
  // "-a" makes Unix servers show names that begin with a dot. The "." it lists is how we know that it was understood.
  if (memory.dashA && (system === null || /unix/i.test(system))) {
    try {
      if ((await listBy('LIST', '-a', listParser(Date.now()), request)) > 0) return
    } catch (error) {
      if (!(error instanceof SluiceError && error.reply && error.reply.code >= 450 && error.code !== 'connection-lost'))
        throw error
    }
    memory.dashA = false
  }
  await listBy('LIST', '', listParser(Date.now()), request)
}

function isUnknownCommand(error: unknown): boolean {
  return error instanceof SluiceError && error.reply !== undefined && [500, 501, 502, 504].includes(error.reply.code)
}

/** Gives the number of lines that came. */
async function listBy(verb: string, argument: string, parse: LineParser, request: ListRequest): Promise<number> {
  const { data, path, signal } = request
  const listing = new ListingStream(parse, request.limits, request.onUnreadable, request.raw)
  await receiveData(
    data,
    { verb, argument, what: `Cannot list the folder ${path}`, signal },
    (chunk) => {
      const entries = listing.push(chunk)
      return entries.length > 0 ? request.onEntries(entries) : undefined
    },
    1,
  )
  const last = listing.end()
  if (last.length > 0) await request.onEntries(last)
  return listing.lines
}

/** MLST (RFC 3659 section 7): one entry, null when it is not there. */
export async function statEntry(
  control: ControlConnection,
  host: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Entry | null> {
  const reply = await exchange(control, 'MLST', path, { signal })
  if (reply.code === 550) return null
  if (reply.code !== 250) throw replyError(`Cannot look at ${path}`, host, reply)
  // The entry's line begins with a blank (section 7.2), which some servers leave out.
  const line = reply.text.split('\n').at(1)?.replace(/^ /, '') ?? ''
  const name = remoteBasename(path)
  const entry = parseMlsdLine(line)
  if (entry === '.')
    return { name, type: 'dir', size: null, modified: null, permissions: null, owner: null, group: null, target: null }
  if (entry === null)
    throw new SluiceError('protocol-violation', `${host} sent no readable entry for ${path}.`, { reply })
  return { ...entry, name }
}
