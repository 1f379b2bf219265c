/** The FTP client engine's public entry. It knows sockets; not Electron, not the disk. */
export { FtpClient } from './client.ts'
export type { FeatureSet } from './features.ts'
export { createPool, type FtpPool, type PooledClient } from './pool.ts'
export type {
  CallOptions,
  FtpLine,
  FtpOptions,
  Limits,
  ListOptions,
  PoolSettings,
  Reply,
  Sink,
  Timeouts,
  TlsInfo,
  TransferOptions,
  TransferResult,
} from './options.ts'
