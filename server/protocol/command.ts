/** A line as verb and argument. */

export interface Command {
  /** In capitals. */
  verb: string
  /** What follows the one blank behind the verb, as it stands: a name may begin and end with blanks. */
  argument: string
}

/** Null when the line does not begin with a verb: letters and digits, at most 12. */
export function parseCommand(line: string): Command | null {
  const match = /^([A-Za-z][A-Za-z0-9]{0,11})(?: (.*))?$/su.exec(line)
  if (match === null) return null
  const [, verb = '', argument = ''] = match
  return { verb: verb.toUpperCase(), argument }
}

/**
 * Verbs that this server knows to be such and does not have: 502, not 500. Those of RFC 959, 775, 1639 and 2228, and
 * those of drafts and other servers that clients try, some of them for each of many files.
 */
const UNWRITTEN: ReadonlySet<string> = new Set([
  ...['SMNT', 'MLFL', 'MAIL', 'MSND', 'MSOM', 'MSAM', 'MRSQ', 'MRCP', 'XRSQ', 'XRCP'],
  ...['LPRT', 'LPSV', 'ADAT', 'CONF', 'MIC', 'ENC', 'XSEM', 'XSEN'],
  ...['CLNT', 'CSID', 'AVBL', 'COMB', 'DSIZ', 'MFCT', 'MFF', 'RANG', 'RMDA', 'THMB', 'CPSV', 'PRET', 'SSCN'],
  ...['MD5', 'MMD5', 'XCRC', 'XMD5', 'XSHA', 'XSHA1', 'XSHA512'],
])

export function isUnwritten(verb: string): boolean {
  return UNWRITTEN.has(verb)
}

const HTTP_REQUEST = / HTTP\/\d/i
const HTTP_METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'],
])

/** A browser that was led here to have its request answered by an FTP server (ALPACA, CVE-2021-3618). */
export function isHttp(line: string): boolean {
  const [verb = ''] = line.split(/[ :]/, 1)
  return HTTP_REQUEST.test(line) || HTTP_METHODS.has(verb.toUpperCase())
}

/** The line with its secrets hidden, for logs and the list of sessions. */
export function maskedLine(line: string): string {
  const secret = /^\s*((?:PASS|ACCT)(?=.)|SITE +SIGNUP +\S+(?= ))/i.exec(line)
  return secret === null ? line : `${secret[1] ?? ''} ****`
}
