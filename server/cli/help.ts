/** What `sluice-server --help` prints, made from the tables that are acted on. */
import { EXIT_CODES, SIGNAL_CODE } from './exit-codes.ts'
import { FLAGS, FLAG_NAMES, type CommandName } from './flags.ts'
import { DATABASE_VARIABLE } from './options.ts'
import { PASSWORD_VARIABLE } from './passwords.ts'

const USAGE = `Usage: sluice-server [serve] [flags]
       sluice-server user add|set NAME [account flags]
       sluice-server user list [--json]
       sluice-server user passwd|enable|disable|remove NAME
       sluice-server audit [--json] [--csv FILE] [filter flags] [text]

An FTP and FTPS server in which every upload passes a virus scan before it gets its name.

  sluice-server --root /srv/files                          accounts in a database; the first start makes one
  sluice-server --root ~/Pictures --user guest             a quick share; the password is asked for
`

const SECRETS = `A password comes from the first of these that has it: --user NAME:PASSWORD (every user of the computer can see it there),
the variable ${PASSWORD_VARIABLE}, --password-file (readable by its owner only), a hidden question. A database with a password in
its address is better given by the variable ${DATABASE_VARIABLE} than by --db.
`

const SIGNALS = `SIGTERM and Ctrl-C stop it: transfers may finish within --grace seconds; a second one ends it at once. SIGHUP reads the
certificate again, which it also does by itself when the files change; from a terminal, which has then gone, it stops the
server.
`

const TITLES: Record<CommandName, string> = { serve: 'Serving', user: 'Accounts', audit: 'Audit log' }

/** Rows of two columns; the first as wide as it needs. */
function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length)) + 2
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join('')
}

/** Each flag stands with the first command that it belongs to. */
function flagRows(): string {
  return Object.entries(TITLES)
    .map(([command, title]) => {
      const own = FLAG_NAMES.filter((name) => FLAGS[name].for[0] === command)
      const pairs = own.map((name) => {
        const flag = FLAGS[name]
        return [`--${name}${'value' in flag ? ` ${flag.value}` : ''}`, flag.summary] as const
      })
      return `${title}:\n${rows(pairs)}`
    })
    .join('\n')
}

export function helpText(): string {
  const codes = [
    ...Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning] as const),
    [`${SIGNAL_CODE} + n`, 'ended at once by a second signal n'] as const,
  ]
  return [USAGE, flagRows(), SECRETS, SIGNALS, `Exit codes:\n${rows(codes)}`].join('\n')
}
