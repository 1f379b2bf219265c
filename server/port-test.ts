/** Whether the server answers on its own addresses, and what others need besides that: for people. */
import { connect as connectPlain, isIPv4, type Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { PortTest, ShareAddress, ShareConfig } from '../common/share.ts'

const LIMIT = 5000
/** A greeting is a line or two. */
const MAX_GREETING = 4096

/**
 * Connects to every address of the server, as a client on this computer would, and explains what that does not show.
 * @param limit ms for connection and greeting
 */
export async function testPorts(
  addresses: readonly ShareAddress[],
  config: ShareConfig,
  limit = LIMIT,
): Promise<PortTest> {
  const results = await Promise.all(addresses.map(async (address) => ({ address, ...(await greet(address, limit)) })))
  return { results, advice: advise(addresses, config) }
}

async function greet(address: ShareAddress, limit: number): Promise<{ reachable: boolean; message: string }> {
  const { host, port, implicit } = address
  const signal = AbortSignal.timeout(limit)
  // Whose certificate it is does not matter here: only whether somebody answers.
  const socket = implicit ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port })
  try {
    const line = await firstLine(socket, signal)
    if (line.startsWith('220')) return { reachable: true, message: 'The server answers.' }
    if (line.startsWith('421')) {
      return { reachable: true, message: 'The server answers, but takes no more connections from this computer now.' }
    }
    return { reachable: false, message: `Something else answers on port ${port}: another program has it.` }
  } catch (error) {
    return { reachable: false, message: whyNot(error, signal.aborted) }
  } finally {
    socket.destroy()
  }
}

async function firstLine(socket: Socket, signal: AbortSignal): Promise<string> {
  let text = ''
  // Gives the error of the socket and the end of the wait alike.
  for await (const chunk of addAbortSignal(signal, socket) as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.includes('\n') || text.length >= MAX_GREETING) return text
  }
  throw new Error('It hung up before it had said a line.')
}

function whyNot(error: unknown, late: boolean): string {
  if (late) return 'No answer: a firewall on this computer drops the connection without a word.'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'Refused: nothing listens there any more.'
  if (/^E(HOST|NET)UNREACH$|^EADDRNOTAVAIL$/.test(code)) return 'Not reachable: the network has gone, or changed.'
  return `No connection (${code === '' ? 'the connection was closed' : code}): a firewall on this computer may forbid it.`
}

/** Addresses that a provider shares between its customers (RFC 6598). */
const isCarrierGrade = (host: string): boolean => /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(host)

/** One paragraph for each matter, the nearest first. */
export function advise(addresses: readonly ShareAddress[], config: ShareConfig): string[] {
  const { passive } = config
  const control = [...new Set(addresses.map(({ port }) => port))].join(' and ')
  const range =
    passive.from === 0 ? null : passive.from === passive.to ? `${passive.from}` : `${passive.from}-${passive.to}`
  const others = addresses.filter(({ reach }) => reach !== 'loopback')
  if (others.length === 0) {
    return [
      'The server listens on the loopback address: only programs on this computer reach it. To let other devices in, ' +
        'choose a network interface, or all of them.',
    ]
  }
  const ports = range === null ? `${control}, and for data any port above 1023` : `${control} and ${range}`
  const paragraphs = [
    `Firewall: this computer's own firewall must let TCP connections in to port ${ports}. This test comes from inside and ` +
      'does not meet it: try from another device of your network.',
  ]
  const isPrivate = others.some(({ reach, host }) => reach === 'private' && isIPv4(host))
  if (isPrivate) {
    paragraphs.push(
      'Other devices in your network use the addresses above as they are. They mean nothing on the internet: your router ' +
        'has one public address for all of your devices and translates (NAT). It lets nobody in from outside unless told to.',
      range === null
        ? `To be reached from the internet, first set a range of passive ports, 50000-50100 for example: FTP opens a new ` +
            `connection for every file and listing, and the router must know where to send those. Then forward TCP port ` +
            `${control} and the whole range to this computer, with the same numbers.`
        : `To be reached from the internet, forward TCP port ${control} and the whole passive range ${range} in the router to ` +
            `this computer, with the same numbers: FTP opens a new connection for every file and listing.`,
      passive.externalAddress === ''
        ? 'Also enter your public address as external address: else clients are told the one inside your network, and their ' +
            'listings hang. A dynamic DNS name goes with an address that changes.'
        : `Clients are told to open data connections to ${passive.externalAddress}; when that changes, change it here.`,
    )
  }
  const suspects = [passive.externalAddress, ...others.map(({ host }) => host)].filter(isCarrierGrade)
  if (isPrivate || suspects.length > 0) {
    paragraphs.push(
      suspects.length > 0
        ? `${suspects[0] ?? ''} is an address that your provider shares between many customers (carrier-grade NAT): nobody can ` +
            'reach you by IPv4 whatever the router is set to. Ask the provider for a public address, or use IPv6 or a VPN.'
        : 'If that does not help, compare the address that the router shows for its internet side with the one that web ' +
            'pages tell you: when they differ, or it begins with 100.64 to 100.127, the provider shares one address between ' +
            'many customers (carrier-grade NAT), and forwarding cannot work. Ask for a public address, or use IPv6 or a VPN.',
    )
  }
  if (others.some(({ reach }) => reach === 'public')) {
    paragraphs.push(
      'One of the addresses is public: whoever knows it may try to log in. There is no translation in between, only ' +
        `firewalls; with IPv6 the router has one as well, which must let port ${ports} through to this computer.`,
    )
  }
  return paragraphs
}
