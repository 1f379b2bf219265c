/** What the server's room offers. */
export type { AccountStore } from './accounts/types.ts'
export type { AuditLog, ShareDatabase } from './audit/types.ts'
export { openShareDatabase } from './database/index.ts'
export { createFtpServer } from './ftp-server.ts'
export { openCertificate } from './tls/index.ts'
export type { CertificateHolder, ServerCertificate } from './tls/types.ts'
export type { FtpServer, FtpServerOptions } from './types.ts'
