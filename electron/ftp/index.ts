/** The FTP client engine's public entry. It knows sockets; not Electron, not the disk. */
export { FtpClient } from './client.ts'
export type { FeatureSet } from './features.ts'
export { createPool, type FtpPool, type PooledClient } from './pool.ts'
export {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  type CallOptions,
  type FtpLine,
  type FtpOptions,
  type Limits,
  type ListOptions,
  type PoolSettings,
  type Reply,
  type Sink,
  type Timeouts,
  type TlsInfo,
  type TransferOptions,
  type TransferResult,
} from './options.ts'
