/** What `sluice --help` prints, made from the same tables that are acted on. */
import { COMMANDS } from '../common/commands.ts'
import { EXIT_CODES, ORDER_OF_CODES } from './exit-codes.ts'
import { FLAGS } from './options.ts'

const ADDRESSES = `Usage: sluice [flags] [address]                     type commands
       sluice [flags] [address] -c "cmd; cmd"       run these and end
       sluice [flags] [address] -f script           run the commands of a file and end
       sluice [flags] get ADDRESS [local]           one command and end; the same with any command
       sluice [flags] put file... ADDRESS           whose paths are on one server

An FTP and FTPS client in which every file passes a virus scan before it may pass.

An address is a host, or [ftp|ftpes|ftps]://[user@]host[:port][/path]. A bare host is reached with explicit TLS;
ftpes:// is explicit TLS, ftps:// implicit TLS, ftp:// plain unless --tls says more. Without -c and -f and with a standard input
that is no terminal, commands are read from there. A script stops at the first command that fails.
`

const SECRETS = `The password comes from the first of these that has it: the address (every user of the machine can see it there),
the variable SLUICE_PASSWORD, --password-file, the .netrc file (~/.netrc, or what NETRC names), a hidden question. The
variable and --password-file hold for every server that the run opens. Files with passwords must be readable by their owner only.
`

/** Rows of two columns; the first as wide as it needs. */
function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length)) + 2
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join('')
}

function flagRows(): string {
  return rows(
    Object.entries(FLAGS).map(([name, flag]) => {
      const short = 'short' in flag ? `-${flag.short}, ` : '    '
      return [`${short}--${name}${'value' in flag ? ` ${flag.value}` : ''}`, flag.summary]
    }),
  )
}

export function helpText(): string {
  const codes = rows(Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]))
  const commands = rows(COMMANDS.map(({ name, aliases, summary }) => [[name, ...aliases].join(', '), summary]))
  return [
    ADDRESSES,
    `Flags:\n${flagRows()}`,
    SECRETS,
    `Commands ("help COMMAND" tells more):\n${commands}`,
    `Exit codes:\n${codes}  Of several commands the first that fails decides; with --keep-going the worst, in this order:\n  ${ORDER_OF_CODES.join(', ')}.\n`,
  ].join('\n')
}
