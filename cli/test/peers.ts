/** A server and a scanner for one test. */
import { onTestFinished } from 'vitest'
import { startClamd, type Clamd } from '../../testing/clamd.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../../testing/vsftpd.ts'

/** Starts a vsftpd; it ends with the test. */
export async function startServer(options: VsftpdOptions = {}): Promise<Vsftpd> {
  const server = await startVsftpd(options)
  onTestFinished(() => server.stop())
  return server
}

/** Starts a clamd; it ends with the test. */
export async function startScanner(): Promise<Clamd> {
  const clamd = await startClamd()
  onTestFinished(() => clamd.stop())
  return clamd
}
