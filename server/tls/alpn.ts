/** Which protocol TLS is to carry (RFC 7301), where the client says one: most clients of FTP do not. */

/**
 * For `ALPNCallback`: the first of ours that is offered. A client that offers only others speaks another protocol, as a
 * browser that was led here (ALPACA, CVE-2021-3618), and is turned away in the handshake.
 */
export function choosing(...ours: readonly string[]): (offered: { protocols: string[] }) => string | undefined {
  return ({ protocols }) => ours.find((protocol) => protocols.includes(protocol))
}
