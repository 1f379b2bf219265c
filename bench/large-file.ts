/** One large file down and up, plain and with TLS: the engine beside curl and lftp against the same vsftpd. */
import { execFile } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { peer } from '../testing/peers.ts'
import { startVsftpd, type Vsftpd } from '../testing/vsftpd.ts'
import { build } from 'vite'
import { measure, medianCost, type Cost } from './measure.ts'

export interface LargeFileOptions {
  /** Where served, sent and received files lie. */
  folder: string
  bytes: number
  rounds: number
  say(line: string): void
}

export interface Result {
  name: string
  ours: Cost
  peers: { name: string; cost: Cost }[]
}

export const LARGE_FILE_CASES = ['get-plain', 'get-tls', 'put-plain', 'put-tls'] as const
export type LargeFileCase = (typeof LARGE_FILE_CASES)[number]

const run = promisify(execFile)
const MEBIBYTE = 1024 * 1024

/** Random bytes, so that nothing on the way can compress them; returns their SHA-256. */
async function writeRandom(file: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  await using handle = await open(file, 'w')
  const block = Buffer.allocUnsafe(Math.min(bytes, 16 * MEBIBYTE))
  for (let left = bytes; left > 0; left -= block.length) {
    const chunk = randomFillSync(block).subarray(0, Math.min(left, block.length))
    hash.update(chunk)
    await handle.write(chunk)
  }
  return hash.digest('hex')
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: MEBIBYTE }), hash)
  return hash.digest('hex')
}

type Direction = 'get' | 'put'
type Contestant = (
  server: Vsftpd,
  direction: Direction,
  local: string,
  remote: string,
) => readonly [string, ...string[]]

/** Bundles the engine's client, since users get bundles: Node need not strip types while the clock runs. */
async function bundleClient(folder: string): Promise<string> {
  const name = 'engine-client'
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: path.join(import.meta.dirname, `${name}.ts`), outDir: folder, emptyOutDir: false, target: 'node24' },
  })
  return path.join(folder, `${name}.js`)
}

function ours(client: string): Contestant {
  return ({ port, user, password, fingerprint }, direction, local, remote) => {
    const protocol = fingerprint === '' ? 'ftp' : 'ftpes'
    const values = { protocol, port, user, password, pin: fingerprint, remote: `/${remote}`, local }
    const flags = Object.entries(values).map(([key, value]) => `--${key}=${value}`)
    return [process.execPath, client, direction, ...flags]
  }
}

// Nobody verifies the certificate: -k, verify-certificate no, and ours knows its fingerprint. Control and data are encrypted.
const curl: Contestant = ({ port, user, password, fingerprint }, direction, local, remote) => {
  const tls = fingerprint === '' ? [] : ['--ssl-reqd', '--insecure']
  const file = direction === 'get' ? ['--output', local] : ['--upload-file', local]
  const target = `ftp://127.0.0.1:${port}/${remote}`
  return [peer('curl'), '--silent', '--show-error', ...tls, '--user', `${user}:${password}`, ...file, target]
}

const lftp: Contestant = ({ port, user, password, fingerprint }, direction, local, remote) => {
  const settings =
    fingerprint === ''
      ? ['set ftp:ssl-allow no']
      : ['set ftp:ssl-force yes', 'set ftp:ssl-protect-data yes', 'set ssl:verify-certificate no']
  const job =
    direction === 'get'
      ? `get -O ${path.dirname(local)} ${remote} -o ${path.basename(local)}`
      : `put ${local} -o ${remote}`
  const script = [
    'set cmd:fail-exit yes',
    'set xfer:clobber yes',
    ...settings,
    `open -u ${user},${password} -p ${port} 127.0.0.1`,
    job,
    'bye',
  ]
  return [peer('lftp'), '--norc', '-c', script.join('; ')]
}

/** One run, checked: the file must have arrived whole and unchanged. */
async function runOnce(
  server: Vsftpd,
  direction: Direction,
  contestant: Contestant,
  options: LargeFileOptions,
  expected: string,
): Promise<Cost> {
  const source = path.join(server.root, 'source.bin')
  // What the one before has left unwritten must not slow this one down.
  await run('sync')
  const target =
    direction === 'get' ? path.join(options.folder, 'received.bin') : path.join(server.root, 'received.bin')
  try {
    const cost =
      direction === 'get'
        ? await measure(contestant(server, direction, target, 'source.bin'))
        : await measure(contestant(server, direction, source, 'received.bin'))
    const { size } = await stat(target)
    if (size !== options.bytes) throw new Error(`${target} has ${size} bytes instead of ${options.bytes}`)
    if ((await sha256(target)) !== expected) throw new Error(`${target} is not what was sent`)
    return cost
  } finally {
    await rm(target, { force: true })
  }
}

/** Runs the cases, every contestant in turn (A B C A B C ...), and gives the medians. */
export async function benchLargeFile(cases: readonly LargeFileCase[], options: LargeFileOptions): Promise<Result[]> {
  const { folder, bytes, rounds, say } = options
  await using files = {
    source: path.join(folder, 'source.bin'),
    [Symbol.asyncDispose]: () => rm(path.join(folder, 'source.bin'), { force: true }),
  }
  const expected = await writeRandom(files.source, bytes)
  const contestants = [
    { name: 'ours', contestant: ours(await bundleClient(path.join(folder, 'client'))) },
    { name: 'curl', contestant: curl },
    { name: 'lftp', contestant: lftp },
  ]
  const results: Result[] = []
  for (const name of cases) {
    const direction = name.startsWith('get') ? 'get' : 'put'
    const server = await startVsftpd({
      tls: name.endsWith('tls') ? 'explicit' : 'none',
      requireReuse: true,
      root: folder,
    })
    try {
      const costs = contestants.map((): Cost[] => [])
      for (let round = 0; round < rounds; round++) {
        for (const [index, { name: who, contestant }] of contestants.entries()) {
          const cost = await runOnce(server, direction, contestant, options, expected)
          costs[index]?.push(cost)
          say(`${name} ${round + 1}/${rounds} ${who}: ${cost.seconds.toFixed(2)} s`)
        }
      }
      const [own, ...others] = costs.map(medianCost)
      if (own === undefined) continue
      const peers = others.map((cost, index) => ({ name: contestants[index + 1]?.name ?? '', cost }))
      results.push({ name, ours: own, peers })
    } finally {
      await server.stop()
    }
  }
  return results
}
