/** Writes docs/server-compliance.md from the verb table and what a server really answered. */
import { SITE_VERBS, VERBS } from '../verbs/table.ts'

export interface Answer {
  /** As in the verb table, an X-form, or "SITE " and what follows. */
  verb: string
  code: number
}

const CODES: Record<number, string> = {
  150: 'the data connection is about to be opened',
  200: 'done',
  202: 'superfluous here',
  211: 'state or extensions follow',
  212: 'a folder follows',
  213: 'a fact of a file follows',
  214: 'help follows',
  215: 'the kind of system',
  220: 'ready',
  221: 'goodbye',
  225: 'no transfer runs',
  226: 'the transfer is complete; an upload was scanned and has its name',
  227: 'address of a passive data connection',
  229: 'port of a passive data connection',
  230: 'logged in',
  234: 'TLS begins',
  250: 'the file operation is done',
  257: 'a path follows',
  331: 'the password is needed',
  350: 'more is needed',
  421: 'the session ends: limits, time-outs, the server stops',
  425: 'there is no data connection',
  426: 'the data connection was cut, stalled or aborted',
  450: 'not now',
  451: 'the disk failed, or there is no verdict: nothing was stored',
  452: 'the disk is full',
  500: 'not a command',
  501: 'the argument is wrong',
  502: 'known, but not implemented or switched off',
  503: 'not at this point',
  504: 'not with this parameter',
  521: 'data connections must be protected (RFC 4217)',
  522: 'not this network protocol (RFC 2428); no TLS session was resumed',
  530: 'not logged in',
  533: 'the control connection is not protected',
  534: 'refused by policy: TLS is required',
  536: 'not this level of protection',
  550: 'not there, not allowed, or infected: the signature is named',
  552: 'the quota is used up',
  553: 'not such a name',
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  // Columns made even would be long lines of space.
  return ['<!-- prettier-ignore -->', row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n')
}

/** The page, as Markdown. */
export function compliancePage(answers: readonly Answer[]): string {
  const codesOf = (verb: string): string =>
    [...new Set(answers.filter((answer) => answer.verb === verb).map(({ code }) => code))]
      .toSorted((a, b) => a - b)
      .join(' ')
  const verbs = VERBS.filter(({ name }) => name !== 'SITE').flatMap(({ name, aliases = [], syntax, rfc, ...verb }) =>
    [name, ...aliases].map((spelling) => [
      `\`${`${spelling} ${syntax}`.trim()}\``,
      rfc,
      verb.login ? (verb.right ?? 'yes') : 'no',
      verb.help,
      codesOf(spelling),
    ]),
  )
  const site = SITE_VERBS.map(({ name, syntax, right, help }) => [
    `\`${`SITE ${name} ${syntax}`.trim()}\``,
    right ?? 'no',
    help,
    codesOf(`SITE ${name}`),
  ])
  const seen = [...new Set(answers.map(({ code }) => code))].toSorted((a, b) => a - b)
  const codes = seen.map((code) => [
    String(code),
    CODES[code] ?? '',
    [...new Set(answers.filter((answer) => answer.code === code).map(({ verb }) => verb))].join(', '),
  ])
  return `# What the server understands

Written by a test (\`server/test/compliance.integration.test.ts\`) from the verb table and from what the server really
answered, each command rightly and wrongly given. "Login" names the right that is needed where being logged in is not
enough.

## Commands

${table(['command', 'defined in', 'login', 'what it does', 'replies seen'], verbs)}

All others are answered 500. Those of the RFCs that are not here are 502: SMNT (no other file systems), ADAT, MIC, CONF,
ENC (TLS is the only mechanism); so are those of other servers that clients try, as CLNT, AVBL, MFCT, XCRC and XMD5.
STRU knows F only, MODE knows S only: R, P, B and C are answered 504, as RFC 1123 section 4.1.2 lets file servers on
systems without records do. The transfer types are A (N), I and L 8. 125 is never sent: a data connection is never open
before its transfer.

## Commands of this server

${table(['command', 'login', 'what it does', 'replies seen'], site)}

## Replies

${table(['code', 'meaning', 'seen after'], codes)}

## Lines

Commands end with CRLF. A line with a bare CR or LF, a control character, bytes that are not UTF-8, or more than the
server reads is answered 500 and the session lives, for a while: it ends with 421 when there are too many of them.
Telnet sequences before ABOR are skipped (RFC 959 section 4.1.3). Commands may be sent ahead; they are answered in order.
While a transfer runs, NOOP and STAT are answered at once, and ABOR ends it; QUIT waits for its end (RFC 959 section
4.1.1), as all others do.
`
}
