/** Networks whose addresses routers of the internet do not pass on. Plain data: rooms with Node make a BlockList of it. */

/** First address, bits of the prefix, family: RFC 1918, 3927 and 6598 (shared by customers of a provider); RFC 4193 and 4291. */
export const PRIVATE_NETWORKS = [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const
