/** The command line of `sluice-agent`. */
import { readFile, stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { SluiceError } from '../common/errors.ts'
import { isLoopback } from '../common/loopback.ts'
import { parseClamdAddress, type ClamdAddress } from './clamd-address.ts'

export interface AgentOptions {
  host: string
  /** 0: any free port */
  port: number
  token: string
  tls: { cert: Buffer; key: Buffer } | null
  engine: 'auto' | 'clamd' | 'clamscan' | 'yara'
  clamd: ClamdAddress | null
  clamdConfig: string | null
  clamscan: string | null
  database: string | null
  /** Scans at the same time; more wait. */
  maxScans: number
}

export const TOKEN_VARIABLE = 'SLUICE_AGENT_TOKEN'
const MIN_TOKEN = 32

export const HELP = `Usage: sluice-agent --token-file FILE [options]

Scans what is posted to it for viruses. The token guards every request.

  --listen HOST:PORT      where to listen (127.0.0.1:0: loopback, any free port)
  --token-file FILE       file with the token, at least ${MIN_TOKEN} characters, readable by its owner only;
                          on loopback the variable ${TOKEN_VARIABLE} will do instead
  --engine NAME           auto (default: clamd, else clamscan, else the built-in rules), clamd, clamscan or yara
  --clamd ADDRESS         unix:/path or tcp:host:port; by default the usual places are tried
  --clamd-config FILE     clamd's own configuration, for its size limits; by default it is looked for. Where none
                          is found, nothing above 25 MiB is scanned, since clamd skips big files without a word
  --allow-remote-clamd    accept a clamd on another machine, over an unprotected connection
  --clamscan FILE         the clamscan program; by default it is looked for in PATH
  --database FOLDER       clamscan's signatures
  --max-scans N           scans at the same time (32)
  --tls-cert FILE         certificate chain and ...
  --tls-key FILE          ... key, both PEM, for https; required beyond loopback
  --help                  print this
  --version               print the version
`

/**
 * Reads the command line, the token and the key files.
 * Throws `bad-argument` with a sentence for what is wrong, unsafe combinations included.
 * @param env the token is removed from it, so that no child process inherits it
 */
export async function readOptions(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<AgentOptions | 'help' | 'version'> {
  const values = parse(args)
  if (values.help === true) return 'help'
  if (values.version === true) return 'version'
  const { host, port } = parseListen(values.listen ?? '127.0.0.1:0')
  const tls = await readTls(values['tls-cert'], values['tls-key'])
  const tokenFile = values['token-file']
  if (!isLoopback(host) && (tls === null || tokenFile === undefined)) {
    throw bad(`Listening on ${host} is open to others: it needs --token-file, --tls-cert and --tls-key.`)
  }
  const fromEnv = env[TOKEN_VARIABLE]
  delete env[TOKEN_VARIABLE]
  const token = tokenFile === undefined ? fromEnv : await readToken(tokenFile)
  if (token === undefined) throw bad('A token is needed: give --token-file.')
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < MIN_TOKEN) {
    throw bad(`The token must be at least ${MIN_TOKEN} printable characters without spaces.`)
  }
  const maxScans = Number(values['max-scans'] ?? 32)
  if (!Number.isInteger(maxScans) || maxScans < 1 || maxScans > 1000) throw bad('--max-scans takes 1 to 1000.')
  const clamd = values.clamd
  // Only looked at here: later a file that cannot be read would silently mean the cautious limits.
  if (values['clamd-config'] !== undefined) await read(values['clamd-config'])
  return {
    host,
    port,
    token,
    tls,
    engine: parseEngine(values.engine ?? 'auto'),
    clamd: clamd === undefined ? null : parseClamdAddress(clamd, values['allow-remote-clamd'] === true),
    clamdConfig: values['clamd-config'] ?? null,
    clamscan: values.clamscan ?? null,
    database: values.database ?? null,
    maxScans,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        listen: text,
        'token-file': text,
        engine: text,
        clamd: text,
        'clamd-config': text,
        'allow-remote-clamd': flag,
        clamscan: text,
        database: text,
        'max-scans': text,
        'tls-cert': text,
        'tls-key': text,
        help: flag,
        version: flag,
      },
    }).values
  } catch (cause) {
    throw bad(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function parseListen(text: string): { host: string; port: number } {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(portText)
  if (host === undefined || port > 65535) throw bad(`--listen takes HOST:PORT, not "${text}".`)
  return { host, port }
}

function parseEngine(text: string): AgentOptions['engine'] {
  if (text === 'auto' || text === 'clamd' || text === 'clamscan' || text === 'yara') return text
  throw bad(`--engine takes auto, clamd, clamscan or yara, not "${text}".`)
}

async function readTls(cert: string | undefined, key: string | undefined): Promise<AgentOptions['tls']> {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined) throw bad('--tls-cert and --tls-key belong together.')
  return { cert: await read(cert), key: await read(key) }
}

async function readToken(file: string): Promise<string> {
  const text = (await read(file)).toString('utf8').trim()
  // Windows has no such bits; there the file's access list is its owner's affair.
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
    throw bad(`Others may read the token in ${file}: run chmod 600 on it.`)
  }
  return text
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw bad(`${file} cannot be read.`, cause)
  }
}

function bad(message: string, cause?: unknown): SluiceError {
  return new SluiceError('bad-argument', message, cause === undefined ? {} : { cause })
}
