/**
 * The verb table: all that dispatch, HELP and `docs/server-compliance.md` know of a verb. The handlers are a record over
 * its names, so that the compiler finds one that is missing.
 */
import type { Right } from '../../common/share.ts'

interface VerbSpec {
  name: string
  /** Other spellings: the X-forms of RFC 775, which RFC 1123 section 4.1.3.1 asks servers to take. */
  aliases?: readonly string[]
  /** What follows the verb, for HELP. */
  syntax: string
  /** A wrong number of arguments is answered 501. */
  argument: 'none' | 'optional' | 'required'
  /** Without a login it is answered 530. */
  login: boolean
  /** Without the right it is answered 550. APPE needs `append` or `write`, which its handler looks at. */
  right?: Right
  /** Answered while a transfer runs; all others wait for its end. */
  duringTransfer?: boolean
  /** Where it is defined, with the section. */
  rfc: string
  help: string
}

const TABLE = [
  { name: 'USER', syntax: 'name', argument: 'required', login: false, rfc: 'RFC 959 4.1.1', help: 'Says who logs in' },
  {
    name: 'PASS',
    syntax: 'password',
    argument: 'optional',
    login: false,
    rfc: 'RFC 959 4.1.1',
    help: 'Gives the password',
  },
  {
    name: 'ACCT',
    syntax: 'account',
    argument: 'required',
    login: false,
    rfc: 'RFC 959 4.1.1',
    help: 'Not needed here',
  },
  {
    name: 'REIN',
    syntax: '',
    argument: 'none',
    login: false,
    rfc: 'RFC 959 4.1.1',
    help: 'Ends the login, keeps the connection',
  },
  {
    name: 'QUIT',
    syntax: '',
    argument: 'none',
    login: false,
    rfc: 'RFC 959 4.1.1',
    help: 'Ends the session',
  },
  {
    name: 'NOOP',
    syntax: '',
    argument: 'optional',
    login: false,
    duringTransfer: true,
    rfc: 'RFC 959 4.1.3',
    help: 'Does nothing',
  },
  { name: 'SYST', syntax: '', argument: 'none', login: false, rfc: 'RFC 959 4.1.3', help: 'Tells the kind of system' },
  {
    name: 'HELP',
    syntax: '[command]',
    argument: 'optional',
    login: false,
    rfc: 'RFC 959 4.1.3',
    help: 'Lists the commands, or explains one',
  },
  { name: 'FEAT', syntax: '', argument: 'none', login: false, rfc: 'RFC 2389 3', help: 'Lists the extensions' },
  {
    name: 'OPTS',
    syntax: 'command [options]',
    argument: 'required',
    login: false,
    rfc: 'RFC 2389 4',
    help: 'Sets options of MLST, UTF8 or HASH',
  },
  { name: 'AUTH', syntax: 'TLS', argument: 'required', login: false, rfc: 'RFC 4217 4', help: 'Starts TLS' },
  {
    name: 'PBSZ',
    syntax: '0',
    argument: 'required',
    login: false,
    rfc: 'RFC 4217 9',
    help: 'Sets the protection buffer size',
  },
  {
    name: 'PROT',
    syntax: 'C or P',
    argument: 'required',
    login: false,
    rfc: 'RFC 4217 9',
    help: 'Protects data connections or does not',
  },
  {
    name: 'CCC',
    syntax: '',
    argument: 'none',
    login: false,
    rfc: 'RFC 4217 6',
    help: 'Refused: the control connection stays protected',
  },
  {
    name: 'HOST',
    syntax: 'name',
    argument: 'required',
    login: false,
    rfc: 'RFC 7151 3',
    help: 'Names the host the client wants',
  },
  {
    name: 'LANG',
    syntax: '[tag]',
    argument: 'optional',
    login: false,
    rfc: 'RFC 2640 4',
    help: 'Sets the language of replies',
  },
  {
    name: 'STAT',
    syntax: '[path]',
    argument: 'optional',
    login: false,
    duringTransfer: true,
    rfc: 'RFC 959 4.1.3',
    help: 'Tells the state, or lists a path',
  },
  {
    name: 'TYPE',
    syntax: 'A, I or L 8',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.2',
    help: 'Sets the transfer type',
  },
  {
    name: 'MODE',
    syntax: 'S',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.2',
    help: 'Sets the transfer mode',
  },
  {
    name: 'STRU',
    syntax: 'F',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.2',
    help: 'Sets the file structure',
  },
  {
    name: 'PORT',
    syntax: 'h1,h2,h3,h4,p1,p2',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.2',
    help: 'Opens data connections to the client',
  },
  {
    name: 'EPRT',
    syntax: 'address',
    argument: 'required',
    login: true,
    rfc: 'RFC 2428 2',
    help: 'Opens data connections to the client',
  },
  {
    name: 'PASV',
    syntax: '',
    argument: 'none',
    login: true,
    rfc: 'RFC 959 4.1.2',
    help: 'Listens for a data connection',
  },
  {
    name: 'EPSV',
    syntax: '[protocol or ALL]',
    argument: 'optional',
    login: true,
    rfc: 'RFC 2428 3',
    help: 'Listens for a data connection',
  },
  {
    name: 'LIST',
    syntax: '[path]',
    argument: 'optional',
    login: true,
    right: 'list',
    rfc: 'RFC 959 4.1.3',
    help: 'Lists a folder, for people',
  },
  {
    name: 'NLST',
    syntax: '[path]',
    argument: 'optional',
    login: true,
    right: 'list',
    rfc: 'RFC 959 4.1.3',
    help: 'Lists the names in a folder',
  },
  {
    name: 'MLSD',
    syntax: '[path]',
    argument: 'optional',
    login: true,
    right: 'list',
    rfc: 'RFC 3659 7',
    help: 'Lists a folder, for programs',
  },
  {
    name: 'MLST',
    syntax: '[path]',
    argument: 'optional',
    login: true,
    right: 'list',
    rfc: 'RFC 3659 7',
    help: 'Tells the facts of one file or folder',
  },
  {
    name: 'CWD',
    aliases: ['XCWD'],
    syntax: 'path',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.1',
    help: 'Changes the working folder',
  },
  {
    name: 'CDUP',
    aliases: ['XCUP'],
    syntax: '',
    argument: 'none',
    login: true,
    rfc: 'RFC 959 4.1.1',
    help: 'Changes to the folder above',
  },
  {
    name: 'PWD',
    aliases: ['XPWD'],
    syntax: '',
    argument: 'none',
    login: true,
    rfc: 'RFC 959 4.1.3',
    help: 'Tells the working folder',
  },
  {
    name: 'MKD',
    aliases: ['XMKD'],
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'mkdir',
    rfc: 'RFC 959 4.1.3',
    help: 'Makes a folder',
  },
  {
    name: 'RMD',
    aliases: ['XRMD'],
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'delete',
    rfc: 'RFC 959 4.1.3',
    help: 'Removes an empty folder',
  },
  {
    name: 'DELE',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'delete',
    rfc: 'RFC 959 4.1.3',
    help: 'Deletes a file',
  },
  {
    name: 'RNFR',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'rename',
    rfc: 'RFC 959 4.1.3',
    help: 'Says what to rename',
  },
  {
    name: 'RNTO',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'rename',
    rfc: 'RFC 959 4.1.3',
    help: 'Says its new name',
  },
  {
    name: 'RETR',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'read',
    rfc: 'RFC 959 4.1.3',
    help: 'Sends a file to the client',
  },
  {
    name: 'STOR',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'write',
    rfc: 'RFC 959 4.1.3',
    help: 'Takes a file from the client',
  },
  {
    name: 'STOU',
    syntax: '[path]',
    argument: 'optional',
    login: true,
    right: 'write',
    rfc: 'RFC 959 4.1.3',
    help: 'Takes a file under a name of its own',
  },
  { name: 'APPE', syntax: 'path', argument: 'required', login: true, rfc: 'RFC 959 4.1.3', help: 'Adds to a file' },
  {
    name: 'REST',
    syntax: 'bytes',
    argument: 'required',
    login: true,
    rfc: 'RFC 3659 5',
    help: 'Says where the next transfer begins',
  },
  {
    name: 'ALLO',
    syntax: 'bytes',
    argument: 'required',
    login: true,
    rfc: 'RFC 959 4.1.3',
    help: 'Announces the size of the next file',
  },
  {
    name: 'ABOR',
    syntax: '',
    argument: 'none',
    login: true,
    duringTransfer: true,
    rfc: 'RFC 959 4.1.3',
    help: 'Ends the transfer under way',
  },
  {
    name: 'SIZE',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'list',
    rfc: 'RFC 3659 4',
    help: 'Tells the size of a file in bytes',
  },
  {
    name: 'MDTM',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'list',
    rfc: 'RFC 3659 3',
    help: 'Tells when a file was changed',
  },
  {
    name: 'MFMT',
    syntax: 'time path',
    argument: 'required',
    login: true,
    right: 'write',
    rfc: 'draft-somers-ftp-mfxx 3',
    help: 'Sets when a file was changed',
  },
  {
    name: 'HASH',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'read',
    rfc: 'draft-bryan-ftp-hash 4',
    help: 'Tells the hash of a file',
  },
  {
    name: 'XSHA256',
    syntax: 'path',
    argument: 'required',
    login: true,
    right: 'read',
    rfc: 'none: in common use',
    help: 'Tells the SHA-256 of a file',
  },
  {
    name: 'SITE',
    syntax: 'command',
    argument: 'required',
    login: false,
    rfc: 'RFC 959 4.1.3',
    help: 'Commands of this server: see SITE HELP',
  },
] as const satisfies readonly VerbSpec[]

export type VerbName = (typeof TABLE)[number]['name']
export type Verb = VerbSpec & { name: VerbName }
export const VERBS: readonly Verb[] = TABLE

const BY_SPELLING = new Map(VERBS.flatMap((verb) => [verb.name, ...(verb.aliases ?? [])].map((name) => [name, verb])))

/** The verb of a spelling in capitals; undefined when there is none. */
export function verbOf(spelling: string): Verb | undefined {
  return BY_SPELLING.get(spelling)
}

/** What follows SITE. */
const SITE_TABLE = [
  { name: 'HELP', syntax: '', help: 'Lists these commands' },
  { name: 'CHMOD', syntax: 'mode path', right: 'write', help: 'Sets the permissions of a file' },
  { name: 'UTIME', syntax: 'time path', right: 'write', help: 'Sets when a file was changed' },
  { name: 'AUDIT', syntax: '[CLEAR] [text]', right: 'superuser', help: 'Shows or clears the audit log' },
  { name: 'SIGNUP', syntax: 'name password', help: 'Makes an account, where that is allowed' },
] as const satisfies readonly { name: string; syntax: string; right?: Right; help: string }[]

export type SiteName = (typeof SITE_TABLE)[number]['name']
export interface SiteVerb {
  name: SiteName
  syntax: string
  /** All but HELP and SIGNUP need a login. */
  right?: Right
  help: string
}
export const SITE_VERBS: readonly SiteVerb[] = SITE_TABLE
