/** How a command has ended, by the error that ended it. */
import type { ErrorCode } from '../../../common/errors.ts'
import type { Outcome } from './types.ts'

const OUTCOMES: Record<ErrorCode, Outcome> = {
  'host-not-found': 'unreachable',
  'connect-failed': 'unreachable',
  'connection-lost': 'unreachable',
  timeout: 'unreachable',
  'not-connected': 'unreachable',
  'tls-refused': 'unreachable',
  'tls-failed': 'unreachable',
  'certificate-rejected': 'unreachable',
  'login-refused': 'refused',
  'protocol-violation': 'failed',
  'illegal-characters': 'usage',
  unsupported: 'refused',
  'not-found': 'refused',
  'permission-denied': 'refused',
  'name-refused': 'refused',
  'storage-full': 'refused',
  'ftp-refused': 'refused',
  'data-connection-failed': 'unreachable',
  'data-truncated': 'failed',
  'size-mismatch': 'failed',
  'local-not-found': 'failed',
  'local-permission': 'failed',
  'local-disk-full': 'failed',
  'local-exists': 'failed',
  'local-io': 'failed',
  'unsafe-name': 'failed',
  'agent-unavailable': 'scan-failed',
  'scan-error': 'scan-failed',
  'scan-too-large': 'scan-failed',
  'changed-after-scan': 'failed',
  infected: 'infected',
  interrupted: 'failed',
  cancelled: 'cancelled',
  'needs-answer': 'failed',
  'bad-argument': 'usage',
  internal: 'failed',
}

/** The outcome of a command that an error with this code has ended. */
export function outcomeOf(code: ErrorCode): Outcome {
  return OUTCOMES[code]
}
