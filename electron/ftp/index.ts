/** The FTP client engine's public entry. It knows sockets; not Electron, not the disk. */
import type { SluiceError } from '../../common/errors.ts'
import type { Entry } from '../../common/models.ts'
import type {
  CallOptions,
  FtpOptions,
  ListOptions,
  PooledClient as Pooled,
  PoolSettings,
  Reply,
  Sink,
  TlsInfo,
  TransferOptions,
  TransferResult,
} from './options.ts'

export type * from './options.ts'

export interface FeatureSet {
  /** True if FEAT named the feature (any case). */
  has(name: string): boolean
  /** What stood behind the feature's name; '' for nothing, null when the feature is absent. */
  parameters(name: string): string | null
}

export declare class FtpClient {
  static connect(options: FtpOptions): Promise<FtpClient>
  readonly home: string
  readonly system: string | null
  readonly tls: TlsInfo | null
  readonly features: FeatureSet
  readonly closed: Promise<SluiceError | null>
  readonly isOpen: boolean
  pwd(o?: CallOptions): Promise<string>
  cwd(path: string, o?: CallOptions): Promise<void>
  cdup(o?: CallOptions): Promise<void>
  noop(o?: CallOptions): Promise<void>
  stat(path?: string, o?: CallOptions): Promise<string>
  list(path: string, o?: ListOptions): AsyncGenerator<Entry[], void, undefined>
  stat1(path: string, o?: CallOptions): Promise<Entry | null>
  size(path: string, o?: CallOptions): Promise<number | null>
  modified(path: string, o?: CallOptions): Promise<number | null>
  mkdir(path: string, o?: CallOptions): Promise<void>
  rmdir(path: string, o?: CallOptions): Promise<void>
  remove(path: string, o?: CallOptions): Promise<void>
  rename(from: string, to: string, o?: CallOptions): Promise<void>
  download(path: string, sink: Sink, o: TransferOptions): Promise<TransferResult>
  upload(path: string, source: AsyncIterable<Buffer>, o: TransferOptions): Promise<TransferResult>
  append(path: string, source: AsyncIterable<Buffer>, o: TransferOptions): Promise<TransferResult>
  command(line: string, o?: CallOptions): Promise<Reply>
  close(): Promise<void>
  destroy(): void
}

export type PooledClient = Pooled<FtpClient>

export interface FtpPool {
  acquire(o?: CallOptions): Promise<PooledClient>
  resize(max: number): void
  dispose(): Promise<void>
}

export declare function createPool(options: FtpOptions, settings: PoolSettings): FtpPool
