/** The addresses of this computer that a server can listen on, for a person to choose from. */
import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { ShareInterface } from '../../common/share.ts'

/** What routers do not pass on: RFC 1918, RFC 6598 (shared by customers of a provider), RFC 3927, RFC 4193. */
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('100.64.0.0', 10)
PRIVATE.addSubnet('169.254.0.0', 16)
PRIVATE.addSubnet('fc00::', 7, 'ipv6')

/** IPv6's link-local addresses mean something only with the name of an interface behind them. */
const LINK_LOCAL = new BlockList()
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6')

/** @param found as `os.networkInterfaces` tells */
export function shareInterfaces(found = networkInterfaces()): ShareInterface[] {
  return Object.entries(found).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal, address, family }) => !internal && !LINK_LOCAL.check(address, typeOf(family)))
      .map(({ address, family }) => ({
        host: address,
        family,
        interface: name,
        reach: PRIVATE.check(address, typeOf(family)) ? ('private' as const) : ('public' as const),
      })),
  )
}

const typeOf = (family: 'IPv4' | 'IPv6'): 'ipv4' | 'ipv6' => (family === 'IPv4' ? 'ipv4' : 'ipv6')
