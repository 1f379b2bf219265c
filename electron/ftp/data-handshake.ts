/** The bound of a data connection's TLS handshake, the same whoever connected. */
import { SluiceError } from '../../common/errors.ts'
import { seconds } from './control-connection.ts'
import type { Timeouts } from './options.ts'
import { within } from './waiting.ts'

/** Bounds a data connection's handshake. @throws SluiceError `timeout`, or what the handshake fails with */
export function inTime(handshake: Promise<void>, host: string, timeouts: Timeouts): Promise<void> {
  return within(handshake, {
    timeout: timeouts.tls,
    onTimeout: () =>
      new SluiceError(
        'timeout',
        `${host} did not finish the TLS handshake of the data connection within ${seconds(timeouts.tls)}.`,
      ),
  })
}
