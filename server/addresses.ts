/** Where a listener can be reached: one address for each of the machine's that it covers. */
import { BlockList, isIPv6, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { hostInUrl } from '../common/endpoint.ts'
import { PRIVATE_NETWORKS } from '../common/private-networks.ts'
import type { ShareAddress } from '../common/share.ts'

const PRIVATE = new BlockList()
for (const [address, bits, family] of PRIVATE_NETWORKS) PRIVATE.addSubnet(address, bits, family)

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

export function reachOf(address: string): ShareAddress['reach'] {
  const [bare = ''] = address.split('%', 1)
  const family = isIPv6(bare) ? 'ipv6' : 'ipv4'
  if (LOOPBACK.check(bare, family)) return 'loopback'
  return PRIVATE.check(bare, family) ? 'private' : 'public'
}

interface Face {
  address: string
  name: string
}

function faces(): Face[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, scopeid }) => ({
      // A link-local address is nothing without its interface.
      address: scopeid === undefined || scopeid === 0 ? address : `${address}%${name}`,
      name,
    })),
  )
}

/**
 * The addresses of a listener, those first that reach furthest.
 * @param host as the socket is bound, an address @param interfaces for tests
 */
export function shareAddresses(
  host: string,
  port: number,
  implicit: boolean,
  interfaces: readonly Face[] = faces(),
): ShareAddress[] {
  const covered = interfaces.filter(({ address }) => {
    if (host === '::') return true
    if (host === '0.0.0.0') return isIPv4(address)
    return address === host || address.split('%', 1)[0] === host
  })
  // An address the system does not list, as 127.0.0.2.
  const known = covered.length > 0 ? covered : [{ address: host, name: '' }]
  const order: ShareAddress['reach'][] = ['public', 'private', 'loopback']
  return known
    .map(({ address, name }) => {
      return {
        url: `${implicit ? 'ftps' : 'ftp'}://${hostInUrl(address)}:${port}`,
        host: address,
        port,
        implicit,
        reach: reachOf(address),
        interface: name,
      }
    })
    .sort((a, b) => order.indexOf(a.reach) - order.indexOf(b.reach))
}
