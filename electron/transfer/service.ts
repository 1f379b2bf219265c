import { SluiceError } from '../../common/errors.ts'
import type { TransferDeps, TransferService } from './types.ts'

/** Opens the journal and starts the queue. */
export function createTransfers(_deps: TransferDeps): TransferService {
  throw new SluiceError('unsupported', 'Transfers are being built.')
}
