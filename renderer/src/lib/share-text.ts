/** What the Share page says of the server, its accounts and what goes on, in plain words. */
import { formatDuration, plural } from '../../../common/format.ts'
import {
  RIGHTS_OF_ROLE,
  rightsOf,
  SHARE_STOP_GRACE,
  type Account,
  type AuditEntry,
  type Right,
  type Role,
  type ShareAddress,
  type ShareConfig,
  type ShareInterface,
  type ShareStatus,
} from '../../../common/share.ts'
import { OUTCOME_NAMES } from './audit-list.ts'
import type { ShareForm } from './share-form.ts'

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

/** How long transfers may take to finish when sharing is stopped. */
export const STOP_SECONDS = SHARE_STOP_GRACE / 1000

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
            : `${plural(status.transfers, 'transfer')} may finish first, for ${STOP_SECONDS} s at most.`,
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

/** Interfaces of containers, virtual machines and tunnels: the devices of the house are not behind them. */
const VIRTUAL =
  /^(?:docker|br-|veth|virbr|vboxnet|vmnet|vEthernet|bridge|cni|flannel|podman|lxc|lxd|tun|tap|utun|wg|ppp|zt|tailscale)/i
/** RFC 3927 and 4291: an IPv6 one means nothing on another device without its own interface. */
const LINK_LOCAL = /^(?:169\.254\.|fe[89ab][0-9a-f]:)/i

/** The addresses, those of most use first: for a phone in the same network, then for any other device. */
export function byUse(addresses: readonly ShareAddress[]): readonly ShareAddress[] {
  const order = ['private', 'public', 'loopback'] as const
  const rank = ({ reach, host, interface: name, implicit }: ShareAddress): readonly number[] => [
    order.indexOf(reach),
    Number(LINK_LOCAL.test(host)),
    Number(VIRTUAL.test(name)),
    Number(host.includes(':')),
    Number(implicit),
  ]
  return addresses
    .map((address) => ({ address, rank: rank(address) }))
    .toSorted((a, b) => a.rank.map((value, at) => value - (b.rank[at] ?? 0)).find((found) => found !== 0) ?? 0)
    .map(({ address }) => address)
}

/** Whether uploads are scanned: by the server that runs, else by the one that would. */
export const scansUploads = (status: ShareStatus, config: Pick<ShareConfig, 'scan'>): boolean =>
  'scan' in status ? status.scan : config.scan

/** What to choose in an FTP app so that it gets in. */
export function appText(implicit: boolean, status: Extract<ShareStatus, { fingerprint: unknown }>): string {
  if (implicit) return 'FTPS, implicit TLS'
  if (status.fingerprint === null) return 'FTP without encryption'
  return 'FTP with explicit TLS (FTPES)'
}

/** True when other computers reach the server and passwords or files may go in the clear. */
export const isReadable = (status: ShareStatus): boolean =>
  'addresses' in status && !status.tlsRequired && status.addresses.some(({ reach }) => reach !== 'loopback')

/** Who gets in where the network may. */
export function reachText(
  form: Pick<ShareForm, 'host' | 'anonymous' | 'signUp'>,
  interfaces: readonly ShareInterface[],
): string {
  const isPublic = interfaces.some(
    ({ host, reach, family }) =>
      reach === 'public' &&
      (form.host === host || form.host === '::' || (form.host === '0.0.0.0' && family === 'IPv4')),
  )
  const who = isPublic
    ? 'This computer has an address on the internet: anybody can try to log in, unless a firewall is between.'
    : 'Every device there can try to log in.'
  const how = form.anonymous
    ? 'Guests need no password.'
    : form.signUp
      ? 'Anybody can make an account.'
      : 'Only accounts get in.'
  return `${who} ${how}`
}

/** An interface to choose, in words. */
export const interfaceText = ({ host, interface: name, reach }: ShareInterface): string =>
  `${name}: ${host}${reach === 'public' ? ' (on the internet)' : ''}`

/** What an entry of the audit log is about, beside who did it: paths, bytes and why. Not yet made printable. */
export function auditText({ path, target, signature, detail }: AuditEntry): string {
  const where = target === null ? (path ?? '') : `${path ?? ''} → ${target}`
  // A sentence around the signature says no more than the result does.
  const why = signature !== null && detail?.includes(signature) ? null : detail
  return [where, signature, why].filter((part) => part !== null && part !== '').join(' · ')
}

/** The end of an entry in a word, with what the scan found. */
export function outcomeText({ outcome, verdict }: AuditEntry): string {
  if (outcome === 'blocked') return 'INFECTED'
  return outcome === 'ok' && verdict === 'OK' ? 'OK, scanned' : OUTCOME_NAMES[outcome]
}
