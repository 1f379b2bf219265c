/** How the next data connection comes about. */
import { hostPort, parseExtendedPort, parseHostPort } from '../data/addresses.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler } from '../session/types.ts'

export const dataPortsVerbs = {
  PORT(session, argument) {
    const wanted = parseHostPort(argument)
    if (wanted === null) throw new ReplyError(501, 'Use PORT h1,h2,h3,h4,p1,p2.')
    session.data.active(wanted.address, wanted.port)
    session.reply(200, 'The next data connection goes to you.')
  },

  EPRT(session, argument) {
    const wanted = parseExtendedPort(argument)
    if (wanted === null) throw new ReplyError(501, 'Use EPRT |1|address|port|, or |2| for IPv6.')
    if (wanted.family !== 1 && wanted.family !== 2) throw new ReplyError(522, 'Unknown network protocol, use (1,2).')
    session.data.active(wanted.address, wanted.port)
    session.reply(200, 'The next data connection goes to you.')
  },

  async PASV(session) {
    const { host, port } = await session.data.passive()
    session.reply(227, `Entering Passive Mode (${hostPort(host, port)}).`)
  },

  async EPSV(session, argument) {
    if (argument.toUpperCase() === 'ALL') {
      session.data.onlyExtendedPassive()
      return session.reply(200, 'Only EPSV from now on.')
    }
    if (!/^\d*$/.test(argument)) throw new ReplyError(501, 'Use EPSV, EPSV 1, EPSV 2 or EPSV ALL.')
    const family = argument === '' ? null : Number(argument)
    if (family !== null && family !== 1 && family !== 2)
      throw new ReplyError(522, 'Unknown network protocol, use (1,2).')
    const { port } = await session.data.extendedPassive(family)
    session.reply(229, `Entering Extended Passive Mode (|||${port}|)`)
  },
} satisfies Record<string, Handler>
