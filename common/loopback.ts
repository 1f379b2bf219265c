/** What never leaves this computer. Without Node, for the window asks, too. */

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
/** 127.0.0.0/8 (RFC 1122 section 3.2.1.3), whole addresses only: "127.example" is a name that may lead anywhere. */
const LOOPBACK = new RegExp(`^127(?:\\.${OCTET}){3}$`)

/** True for names and addresses that nobody but this computer can reach; an IPv6 address without its brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || LOOPBACK.test(host)
}
