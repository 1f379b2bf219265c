/** What the Share page says of the server, its accounts and what goes on, in plain words. */
import { formatDuration, plural } from '../../../common/format.ts'
import {
  RIGHTS_OF_ROLE,
  rightsOf,
  type Account,
  type AuditEntry,
  type Right,
  type Role,
  type ShareAddress,
  type ShareInterface,
  type ShareStatus,
} from '../../../common/share.ts'
import { OUTCOME_NAMES } from './audit-list.ts'

export const REACH_TEXT: Record<ShareAddress['reach'], string> = {
  loopback: 'Only programs on this computer',
  private: 'Devices in this network',
  public: 'Anybody on the internet, unless a firewall is between',
}

export const ROLE_NAMES: Record<Role, string> = {
  reader: 'Reader',
  writer: 'Writer',
  superuser: 'Superuser',
  custom: 'Own rights',
}

export const ROLE_HINTS: Record<Role, string> = {
  reader: 'May look at everything in the folder and download it.',
  writer: 'May also upload, change, rename and delete.',
  superuser: 'May do everything in the folder, and read and clear the audit log.',
  custom: 'Exactly the rights that are chosen below.',
}

export const RIGHT_NAMES: Record<Right, string> = {
  list: 'List folders',
  read: 'Download',
  write: 'Upload and replace',
  append: 'Add to files',
  delete: 'Delete',
  rename: 'Rename',
  mkdir: 'Make folders',
  superuser: 'Superuser',
}

/** "Download, Delete": the rights that count, in a fixed order. */
export function rightsText(account: Pick<Account, 'role' | 'rights'>): string {
  const rights = rightsOf(account)
  if (rights.has('superuser')) return 'Everything, and the audit log'
  if (RIGHTS_OF_ROLE.writer.every((right) => rights.has(right))) return 'Read and write'
  if (rights.size === 2 && rights.has('list') && rights.has('read')) return 'Read only'
  const names = (Object.keys(RIGHT_NAMES) as Right[])
    .filter((right) => rights.has(right))
    .map((right) => RIGHT_NAMES[right])
  return names.length === 0 ? 'Nothing' : names.join(', ')
}

export type HeadTone = 'muted' | 'busy' | 'good' | 'bad'

export interface HeadText {
  title: string
  /** What it means. */
  text: string
  tone: HeadTone
}

/** The state of the server as the head says it. @param now ms since the epoch @param root the folder that is shared */
export function headText(status: ShareStatus, root: string, now: number): HeadText {
  switch (status.state) {
    case 'stopped':
      return { title: 'Stopped', text: 'Nobody can reach your files.', tone: 'muted' }
    case 'starting':
      return { title: 'Starting…', text: `Opening ${root === '' ? 'the folder' : root} to others.`, tone: 'busy' }
    case 'failed':
      return { title: 'Failed', text: status.error.message, tone: 'bad' }
    case 'stopping':
      return {
        title: 'Stopping…',
        text:
          status.transfers === 0
            ? 'Everybody is being disconnected.'
            : `${plural(status.transfers, 'transfer')} may finish first.`,
        tone: 'busy',
      }
    case 'running':
      return {
        title: 'Running',
        text: `${root} · for ${formatDuration((now - status.startedAt) / 1000)} · ${plural(status.sessions, 'session')}, ${plural(status.transfers, 'transfer')}`,
        tone: 'good',
      }
  }
}

/** The addresses while there are any. */
export const addressesOf = (status: ShareStatus): readonly ShareAddress[] =>
  'addresses' in status ? status.addresses : []

/** The address whose code is most use: a phone's in the same network, then any other device's. */
export function bestAddress(addresses: readonly ShareAddress[]): ShareAddress | undefined {
  const order = ['private', 'public', 'loopback'] as const
  return addresses.toSorted(
    (a, b) =>
      order.indexOf(a.reach) - order.indexOf(b.reach) ||
      Number(a.host.includes(':')) - Number(b.host.includes(':')) ||
      Number(a.implicit) - Number(b.implicit),
  )[0]
}

/** True when other computers reach the server and passwords or files may go in the clear. */
export const isReadable = (status: ShareStatus): boolean =>
  'addresses' in status && !status.tlsRequired && status.addresses.some(({ reach }) => reach !== 'loopback')

/** An interface to choose, in words. */
export const interfaceText = ({ host, interface: name, reach }: ShareInterface): string =>
  `${name}: ${host}${reach === 'public' ? ' (on the internet)' : ''}`

/** What an entry of the audit log is about, beside who did it: paths, bytes and why. Not yet made printable. */
export function auditText({ path, target, signature, detail }: AuditEntry): string {
  const where = target === null ? (path ?? '') : `${path ?? ''} → ${target}`
  return [where, signature, detail].filter((part) => part !== null && part !== '').join(' · ')
}

/** The end of an entry in a word, with what the scan found. */
export function outcomeText({ outcome, verdict }: AuditEntry): string {
  if (outcome === 'blocked') return 'INFECTED'
  return outcome === 'ok' && verdict === 'OK' ? 'OK, scanned' : OUTCOME_NAMES[outcome]
}
