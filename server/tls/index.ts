/** The server's certificate and its TLS contexts. */
export { choosing } from './alpn.ts'
export { openCertificate, type CertificateOptions } from './certificate.ts'
export { sessionCache } from './resumption.ts'
export type { CertificateHolder, ServerCertificate } from './types.ts'
