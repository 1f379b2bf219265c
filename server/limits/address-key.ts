/** What counts as one client. */
import { isIPv6 } from 'node:net'
import { plainAddress } from '../data/addresses.ts'

/** Blocks of 16 bits of an IPv6 address that name a network; one customer has all addresses in it. */
const NETWORK_BLOCKS = 4

/** The address; of an IPv6 one its /64. */
export function addressKey(address: string): string {
  const plain = plainAddress(address)
  const [bare = ''] = plain.split('%', 1)
  if (!isIPv6(bare)) return plain
  const [head = '', tail] = bare.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // An IPv4 address at the end stands for two blocks; it is never among the first four unless "::" is short.
  const blocksAfter = after.length + (after.at(-1)?.includes('.') === true ? 1 : 0)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - blocksAfter)
  const blocks = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  const network = blocks.slice(0, NETWORK_BLOCKS).map((block) => Number.parseInt(block, 16).toString(16))
  return `${network.join(':')}::/64`
}
