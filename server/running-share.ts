/**
 * A share that runs: certificate, server, and the care for both. The command line and the app's server process start it
 * alike.
 */
import { SluiceError } from '../common/errors.ts'
import { sharesNothing, type FirstAccount, type ShareConfig, type ShareStatus } from '../common/share.ts'
import type { ScanGate } from '../electron/gate/index.ts'
import { watchAccounts } from './account-watch.ts'
import { createFirstAccount } from './accounts/first-account.ts'
import { checkShareRoot } from './accounts/root.ts'
import type { ShareDatabase } from './audit/types.ts'
import { createFtpServer } from './ftp-server.ts'
import { openCertificate } from './tls/index.ts'
import type { CertificateHolder } from './tls/types.ts'
import { RecentProblems } from './problems.ts'
import type { FtpServer, FtpServerOptions } from './types.ts'

export interface ShareOptions {
  config: ShareConfig
  /** Stays open when the share ends. */
  database: ShareDatabase
  /** Used unless the configuration says that nothing is scanned; stays the caller's. */
  gate: ScanGate
  /** Absolute folder of the certificate that is made at the first start. */
  dataFolder: string
  onLine?: FtpServerOptions['onLine']
  onProblem(message: string): void
  /** The certificate was replaced; new sessions get it. */
  onCertificate?(fingerprint: string): void
}

export interface RunningShare {
  readonly config: ShareConfig
  readonly server: FtpServer
  /** The account that was made since there was none. Its password is nowhere else. */
  readonly firstAccount: FirstAccount | null
  /** Reads the certificate's files again; trouble goes to `onProblem`. */
  reloadCertificate(): Promise<void>
  status(): Extract<ShareStatus, { state: 'running' | 'stopping' }>
  /** Lets transfers finish for at most `graceMs` ms. Safe to call twice. */
  stop(graceMs: number): Promise<void>
}

/**
 * Starts it.
 * @throws SluiceError bad-argument: a folder that cannot be shared, a certificate that cannot be used; connect-failed:
 * the port is taken or the address not this computer's; local-io
 */
export async function startShare(o: ShareOptions): Promise<RunningShare> {
  const { config, database, gate } = o
  const problems = new RecentProblems()
  const onProblem = (message: string): void => {
    problems.add(message)
    o.onProblem(message)
  }
  await checkFolders(config)
  await checkFirstAccount(o)
  await database.audit.configure(config.audit)
  const ends: (() => void)[] = []
  const end = (): void => {
    for (const one of ends) one()
  }
  let started: FtpServer | null = null
  try {
    const certificate = config.tls.mode === 'off' ? null : await openCertificateOf({ ...o, onProblem })
    if (certificate !== null) ends.push(() => certificate.dispose())
    const server = await createFtpServer({
      config,
      database,
      gate: config.scan ? gate : null,
      certificate,
      onProblem,
      ...(o.onLine === undefined ? {} : { onLine: o.onLine }),
    })
    started = server
    const watch = watchAccounts(database.accounts, server, onProblem)
    ends.push(() => watch.dispose(), database.audit.onProblem(onProblem))
    // Last: a share that does not come up must not swallow the password.
    return runningShare({ ...o, problems }, server, certificate, await firstAccount(o), end)
  } catch (error) {
    await started?.stop(0)
    end()
    throw error
  }
}

function runningShare(
  { config, gate, problems }: ShareOptions & { problems: RecentProblems },
  server: FtpServer,
  certificate: CertificateHolder | null,
  made: FirstAccount | null,
  end: () => void,
): RunningShare {
  const startedAt = Date.now()
  let stopping: Promise<void> | null = null
  return {
    config,
    server,
    firstAccount: made,
    reloadCertificate: async () => certificate?.reload(),
    status: () => ({
      state: stopping === null ? 'running' : 'stopping',
      addresses: [...server.addresses],
      fingerprint: certificate?.current().fingerprint ?? null,
      tlsRequired: config.tls.mode === 'required',
      scan: config.scan,
      scanner: gate.status(),
      startedAt,
      sessions: server.sessions().length,
      transfers: server.transfers().length,
      problems: problems.list(),
    }),
    stop: (graceMs) => (stopping ??= server.stop(graceMs).finally(end)),
  }
}

/** Said before anybody can connect. */
async function checkFirstAccount({ config, database }: ShareOptions): Promise<void> {
  if (!sharesNothing(config) || (await database.accounts.list()).length > 0) return
  throw new SluiceError('bad-argument', 'There is no account yet, and no folder for one. Say which folder to share.')
}

/** Without a folder for it there is an account already, or the share needs none: see `checkFirstAccount`. */
async function firstAccount({ config, database }: ShareOptions): Promise<FirstAccount | null> {
  return config.root === '' ? null : await createFirstAccount(database.accounts, config.root)
}

/** Folders that everybody would see, or nobody could: said at the start, not at the first login. */
async function checkFolders({ root, anonymous, signUp }: ShareConfig): Promise<void> {
  if (root !== '') await checkShareRoot(root)
  if (anonymous.enabled) await checkShareRoot(anonymous.root)
  if (signUp.enabled) await checkShareRoot(signUp.folder)
}

async function openCertificateOf({
  config,
  dataFolder,
  onProblem,
  onCertificate,
}: ShareOptions): Promise<CertificateHolder> {
  const { certificateFile, keyFile } = config.tls
  if ((certificateFile === '') !== (keyFile === '')) {
    throw new SluiceError('bad-argument', 'Certificate and key belong together: name both files, or neither.')
  }
  const certificate = await openCertificate({ folder: dataFolder, certificateFile, keyFile })
  certificate.onProblem(onProblem)
  certificate.onChange(() => onCertificate?.(certificate.current().fingerprint))
  return certificate
}
