/**
 * One conversation through every verb of the table and its refusals, in chapters that each have a server of their own.
 * `docs/server-compliance.md` is written from what the server really answered.
 */
import type { ShareConfig } from '../../common/share.ts'

/**
 * `read`: opens a data connection and reads it to its end. `send`: sends the text; `{eicar}` is filled in. `hold`: opens it and
 * leaves it open, so that the next step finds the transfer under way. `none`: prepares one and never connects.
 */
export type StepData = { kind: 'read' } | { kind: 'send'; text: string } | { kind: 'hold' } | { kind: 'none' }

export interface Step {
  /** Spelling in the verb table, an X-form, or "SITE " and what follows. */
  verb: string
  /** What goes over the wire, without CRLF; `{password}` is filled in by the test. */
  line: string
  /** Codes that must come, in order: preliminary ones too. */
  replies: readonly number[]
  data?: StepData
}

export interface Chapter {
  title: string
  /** What the server of this chapter is made to be, for people. */
  about: string
  config: {
    tls: ShareConfig['tls']['mode']
    signUp?: boolean
    dataSeconds?: number
    connections?: number
    failedLogins?: number
    quotaBytes?: number
    /** There is a folder "crowd" with more files than STAT lists. */
    crowded?: boolean
    /** `gone`: the agent does not answer. Left out: it is there. */
    agent?: 'gone'
  }
  /** Who is logged in before the first step; null: nobody. */
  login: 'writer' | 'reader' | 'superuser' | null
  /** The control connection has TLS before the first step. */
  secure?: boolean
  steps: readonly Step[]
}

const s = (line: string, ...replies: number[]): Step => ({ verb: verbOfLine(line), line, replies })
const read = (line: string, ...replies: number[]): Step => ({ ...s(line, ...replies), data: { kind: 'read' } })
const send = (line: string, text: string, ...replies: number[]): Step => ({
  ...s(line, ...replies),
  data: { kind: 'send', text },
})
const hold = (line: string, ...replies: number[]): Step => ({ ...s(line, ...replies), data: { kind: 'hold' } })
const none = (line: string, ...replies: number[]): Step => ({ ...s(line, ...replies), data: { kind: 'none' } })

function verbOfLine(line: string): string {
  const [verb = '', next = ''] = line.split(' ')
  return verb === 'SITE' ? `SITE ${next}` : verb
}

export const COMPLIANCE: readonly Chapter[] = [
  {
    title: 'Before the login',
    about: 'TLS is allowed but not required; nobody is logged in.',
    config: { tls: 'allowed' },
    login: null,
    steps: [
      s('NOOP', 200),
      s('SYST', 215),
      s('HELP', 214),
      s('HELP STOR', 214),
      s('HELP NONSENSE', 501),
      s('FEAT', 211),
      s('STAT', 211),
      s('HOST localhost', 220),
      s('HOST', 501),
      s('LANG', 200),
      s('LANG EN', 200),
      s('LANG tlh', 504),
      s('OPTS UTF8 ON', 200),
      s('OPTS UTF8 OFF', 504),
      s('OPTS NONSENSE', 501),
      s('PBSZ 0', 503),
      s('PROT P', 503),
      s('CCC', 533),
      s('ACCT any', 202),
      s('PASS early', 503),
      s('LIST', 530),
      s('STOR a.txt', 530),
      s('SITE HELP', 214),
      s('SITE SIGNUP kim long enough', 550),
      s('AUTH KERBEROS', 504),
      s('USER', 501),
      s('USER mara', 331),
      s('PASS wrong', 530),
      s('USER mara', 331),
      s('PASS {password}', 230),
      s('HOST localhost', 503),
      s('REIN', 220),
      s('PWD', 530),
      s('QUIT', 221),
    ],
  },
  {
    title: 'TLS',
    about: 'TLS is required.',
    config: { tls: 'required' },
    login: null,
    steps: [s('USER mara', 530), s('AUTH TLS', 234)],
  },
  {
    title: 'TLS, continued',
    about: 'TLS is required, and on.',
    config: { tls: 'required' },
    login: 'writer',
    secure: true,
    steps: [
      s('AUTH TLS', 503),
      s('PBSZ 0', 200),
      s('PBSZ 16384', 200),
      s('PROT S', 536),
      s('PROT X', 504),
      s('PROT C', 534),
      s('PROT P', 200),
      s('CCC', 534),
      read('LIST', 150, 226),
      send('STOR protected.txt', 'sent with TLS', 150, 226),
    ],
  },
  {
    title: 'Parameters',
    about: 'A writer is logged in, without TLS.',
    config: { tls: 'allowed' },
    login: 'writer',
    steps: [
      s('TYPE A', 200),
      s('TYPE A N', 200),
      s('TYPE L 8', 200),
      s('TYPE I', 200),
      s('TYPE E', 504),
      s('TYPE', 501),
      s('MODE S', 200),
      s('MODE B', 504),
      s('STRU F', 200),
      s('STRU R', 504),
      s('STRU X', 501),
      s('ALLO 100', 200),
      s('ALLO much', 501),
      s('REST 10', 350),
      s('REST x', 501),
      s('PASV', 227),
      s('EPSV', 229),
      s('EPSV 1', 229),
      s('EPSV 2', 522),
      s('PORT 127,0,0,1,200,1', 200),
      s('PORT 10,0,0,1,200,1', 504),
      s('PORT 127,0,0,1,0,22', 504),
      s('PORT 1,2,3', 501),
      s('EPRT |1|127.0.0.1|51201|', 200),
      s('EPRT |2|::1|51201|', 504),
      s('EPRT |3|x|1|', 522),
      s('EPSV ALL', 200),
      s('PASV', 503),
      s('PORT 127,0,0,1,200,1', 503),
      s('EPRT |1|127.0.0.1|51201|', 503),
      s('EPSV', 229),
      s('OPTS MLST type;size;', 200),
      s('OPTS HASH SHA-256', 200),
      s('OPTS HASH CRC-7', 501),
      s('NONSENSE', 500),
      s('SMNT /', 502),
      s('CLNT a client', 502),
      s('XCRC a.txt', 502),
    ],
  },
  {
    title: 'Folders and files',
    about: 'A writer is logged in. The folder holds a.txt, the folder sub with b.txt, and a crowded one.',
    config: { tls: 'allowed', crowded: true },
    login: 'writer',
    steps: [
      s('PWD', 257),
      s('XPWD', 257),
      s('CWD sub', 250),
      s('CDUP', 250),
      s('XCWD sub', 250),
      s('XCUP', 250),
      s('CWD nowhere', 550),
      s('CWD ../../..', 250),
      s('MKD made', 257),
      s('MKD made', 550),
      s('XMKD made too', 257),
      s('RMD made', 250),
      s('XRMD made too', 250),
      s('RMD sub', 550),
      s('RMD nowhere', 550),
      s('SIZE a.txt', 550),
      s('TYPE I', 200),
      s('SIZE a.txt', 213),
      s('SIZE nowhere', 550),
      s('MDTM a.txt', 213),
      s('MFMT 20240229123456 a.txt', 213),
      s('MFMT yesterday a.txt', 501),
      s('MLST a.txt', 250),
      s('MLST', 250),
      s('STAT a.txt', 213),
      s('STAT sub', 212),
      s('STAT crowd', 450),
      s('HASH a.txt', 213),
      s('XSHA256 a.txt', 250),
      s('SITE CHMOD 640 a.txt', 200),
      s('SITE CHMOD nine a.txt', 501),
      s('SITE UTIME 20240229123456 a.txt', 200),
      s('SITE NONSENSE', 504),
      read('LIST', 150, 226),
      read('LIST -la sub', 150, 226),
      read('NLST', 150, 226),
      read('MLSD', 150, 226),
      read('LIST nowhere', 550),
      s('RNFR a.txt', 350),
      s('RNTO renamed.txt', 250),
      s('RNTO again.txt', 503),
      s('RNFR nowhere', 550),
      s('DELE renamed.txt', 250),
      s('DELE nowhere', 550),
      s('DELE sub', 550),
      s('CWD', 501),
    ],
  },
  {
    title: 'Transfers',
    about: 'A writer is logged in, scanning is on. The folder holds a.txt and the folder sub with b.txt.',
    config: { tls: 'allowed' },
    login: 'writer',
    steps: [
      read('RETR a.txt', 150, 226),
      s('RETR a.txt', 425),
      read('RETR nowhere', 550),
      read('RETR sub', 550),
      send('STOR new.txt', 'new', 150, 226),
      send('APPE new.txt', ' and more', 150, 226),
      s('REST 3', 350),
      send('STOR new.txt', '!', 501),
      s('TYPE I', 200),
      s('REST 3', 350),
      send('STOR new.txt', '!', 150, 226),
      send('STOU', 'unique', 150, 226),
      send('STOR infected.txt', '{eicar}', 150, 550),
      send('STOR nowhere/new.txt', 'x', 550),
      send('STOR sub', 'x', 550),
      send(`STOR ${'long'.repeat(70)}`, 'x', 553),
      s('ABOR', 225),
      hold('STOR held.txt', 150),
      s('NOOP', 200),
      s('STAT', 211),
      s('ABOR', 426, 226),
      s('ALLO 999999999999999', 200),
      send('STOR vast.txt', 'x', 452),
      s('TYPE A', 200),
      s('SIZE a.txt', 550),
      read('RETR a.txt', 150, 226),
    ],
  },
  {
    title: 'Rights',
    about: 'A reader is logged in.',
    config: { tls: 'allowed' },
    login: 'reader',
    steps: [
      send('STOR new.txt', 'x', 550),
      send('APPE a.txt', 'x', 550),
      s('DELE a.txt', 550),
      s('RNFR a.txt', 550),
      s('MKD made', 550),
      s('SITE CHMOD 600 a.txt', 550),
      s('SITE AUDIT', 550),
      read('RETR a.txt', 150, 226),
    ],
  },
  {
    title: 'The superuser',
    about: 'A superuser is logged in.',
    config: { tls: 'allowed' },
    login: 'superuser',
    steps: [s('SITE AUDIT', 211), s('SITE AUDIT login', 211), s('SITE AUDIT CLEAR', 200)],
  },
  {
    title: 'Sign-up',
    about: 'Sign-up is allowed, TLS is on.',
    config: { tls: 'required', signUp: true },
    login: null,
    secure: true,
    steps: [
      s('SITE SIGNUP kim', 501),
      s('SITE SIGNUP kim short', 501),
      s('SITE SIGNUP kim long enough', 200),
      s('SITE SIGNUP kim long enough', 553),
      s('USER kim', 331),
      s('PASS long enough', 230),
    ],
  },
  {
    title: 'Data in clear',
    about: 'TLS is required, and on; data connections are not protected.',
    config: { tls: 'required' },
    login: 'writer',
    secure: true,
    steps: [read('LIST', 521), read('RETR a.txt', 521), send('STOR new.txt', 'x', 521)],
  },
  {
    title: 'No scanner',
    about: 'Scanning is on, but the agent does not answer.',
    config: { tls: 'allowed', agent: 'gone' },
    login: 'writer',
    steps: [send('STOR new.txt', 'x', 451), s('SIZE new.txt', 550)],
  },
  {
    title: 'Quota',
    about: 'The account may have 64 bytes.',
    config: { tls: 'allowed', quotaBytes: 64 },
    login: 'writer',
    steps: [send('STOR new.txt', 'x'.repeat(100), 150, 552), s('SIZE new.txt', 550)],
  },
  {
    title: 'A client that does not come',
    about: 'Data connections must be there within a second.',
    config: { tls: 'allowed', dataSeconds: 1 },
    login: 'writer',
    steps: [none('LIST', 150, 425), hold('STOR held.txt', 150, 426)],
  },
  {
    title: 'Guessing',
    about: 'An address is shut out after two failed logins.',
    config: { tls: 'allowed', failedLogins: 2 },
    login: null,
    steps: [s('USER mara', 331), s('PASS wrong', 530), s('USER mara', 331), s('PASS wrong', 421)],
  },
]
