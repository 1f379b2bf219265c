/** What comes before a transfer's data connection. */
import { ReplyError } from '../protocol/reply-error.ts'
import type { Session } from '../session/types.ts'

/**
 * @throws ReplyError 521 the data connection must be protected (RFC 2228 section 5.2); 425 none was prepared
 */
export function checkData(session: Session): void {
  if (session.services.config.tls.mode === 'required' && !session.protected) {
    throw new ReplyError(521, 'Data connections must be protected here. Use PROT P.')
  }
  if (!session.data.prepared) throw new ReplyError(425, 'Use PASV, EPSV, PORT or EPRT first.')
}

/**
 * Where REST says that the transfer begins. What REST counts are bytes of the disk, which those of the wire are not in
 * TYPE A (RFC 3659 section 5.3).
 * @throws ReplyError 501
 */
export function restart({ login }: Session): number {
  if (login.type === 'A' && login.restart > 0) throw new ReplyError(501, 'REST needs TYPE I.')
  return login.restart
}
