/** The addresses of this computer that a server can listen on, for a person to choose from. */
import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import { PRIVATE_NETWORKS } from '../../common/private-networks.ts'
import type { ShareInterface } from '../../common/share.ts'

const PRIVATE = new BlockList()
for (const [address, bits, family] of PRIVATE_NETWORKS) PRIVATE.addSubnet(address, bits, family)

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
