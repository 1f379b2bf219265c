/** `npm run bench:server [case...]`: measures our server beside others and prints one table. See README.md. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { installPeers } from '../../testing/peers.ts'
import { fetchProftpd } from '../../testing/proftpd.ts'
import { medianCost, type Cost } from '../measure.ts'
import { fileSystemOf, positive, say } from '../run.ts'
import { table } from '../table.ts'
import type { Result } from '../large-file.ts'
import { CASES, TARGETS, type Case, type Sizes } from './cases.ts'
import { bundleServer, ours, oursScanning, proftpd, pyftpdlib, vsftpd, type StartServer } from './servers.ts'

const USAGE = `Usage: npm run bench:server [case...] [-- --rounds 5 --size 1024 --folder DIR --profile DIR]

  case      ${CASES.map(({ name }) => name).join(', ')}, or the beginning of one; default all
  --rounds  runs of each server; the table shows medians (default 5)
  --size    of the large file, in MiB (default 1024)
  --folder  where files lie (default the temporary folder; /dev/shm leaves the disk out)
  --profile our server writes CPU profiles into this folder`

const run = promisify(execFile)

interface Contestant {
  name: string
  start: StartServer
}

/** Runs one case, every server in turn. The servers live through all rounds, as they do in service. */
async function benchCase(
  one: Case,
  contestants: readonly Contestant[],
  folder: string,
  sizes: Sizes,
  rounds: number,
): Promise<Result> {
  const [root, scratch] = [path.join(folder, 'served'), path.join(folder, 'scratch')]
  for (const each of [root, scratch]) {
    rmSync(each, { recursive: true, force: true })
    mkdirSync(each)
  }
  one.prepare(root, sizes)
  await using ending = new AsyncDisposableStack()
  const running = []
  for (const { name, start } of contestants) {
    const server = await start(root, one.tls)
    ending.defer(() => server.stop())
    running.push({ name, server, costs: [] as Cost[] })
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, server, costs } of running) {
      // What the one before has left unwritten must not slow this one down.
      await run('sync')
      const cost = await one.run(server, root, scratch, sizes)
      costs.push(cost)
      say(`${one.name} ${round + 1}/${rounds} ${name}: ${cost.seconds.toFixed(2)} s`)
    }
  }
  const [own, ...peers] = running.map(({ name, costs }) => ({ name, cost: medianCost(costs) }))
  if (own === undefined) throw new Error('nobody ran')
  return { name: one.name, ours: own.cost, peers }
}

/** What is aimed at, and whether it was met. */
function verdicts(results: readonly Result[]): string[] {
  return TARGETS.flatMap(({ cases, peer, quantity, ratio }) =>
    results
      .filter(({ name }) => cases.includes(name))
      .flatMap(({ name, ours: own, peers }) => {
        const other = peers.find((one) => one.name === peer)
        if (other === undefined) return []
        const found = own[quantity] / other.cost[quantity]
        const met = found <= ratio ? 'met' : 'MISSED'
        return `${name}: ${quantity} ${found.toFixed(2)} of ${peer}'s, target ${ratio.toFixed(2)}: ${met}`
      }),
  )
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      size: { type: 'string', default: '1024' },
      folder: { type: 'string', default: tmpdir() },
      profile: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  })
  const wanted = CASES.filter(
    ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
  )
  if (values.help || wanted.length === 0) return say(USAGE)
  const rounds = positive(values.rounds, 'rounds')
  const bytes = positive(values.size, 'size') * 1024 * 1024
  const sizes: Sizes = { bytes, logins: 1000, smallFiles: 1000, sessions: 300, listed: 100_000 }
  const missing = installPeers(
    ['vsftpd', 'pwdfile', 'openssl', 'curl', 'python', 'pyftpdlib', 'pyopenssl', 'clamd'],
    say,
  )
  if (missing.length > 0) throw new Error(`Cannot measure without ${missing.join(', ')}.`)
  const whyNot = fetchProftpd(say)
  if (whyNot !== null) say(`Without ProFTPD: ${whyNot}`)

  const folder = realpathSync(mkdtempSync(path.join(values.folder, 'sluice-bench-')))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const bundle = await bundleServer()
  const results: Result[] = []
  for (const one of wanted) {
    const contestants: Contestant[] = [
      { name: 'ours', start: ours(bundle, null, values.profile) },
      { name: 'vsftpd', start: vsftpd },
      // With TLS it resets data connections whose handshake begins before RETR, as curl's does (1.5.7).
      ...(one.tls ? [] : [{ name: 'pyftpdlib', start: pyftpdlib }]),
      ...(whyNot === null ? [{ name: 'ProFTPD', start: proftpd }] : []),
      ...(one.scanned === true ? [{ name: 'ours, scanned', start: oursScanning(bundle) }] : []),
    ]
    results.push(await benchCase(one, contestants, folder, sizes, rounds))
  }
  remove()
  process.stdout.write(`
Servers on loopback, ${values.size} MiB on ${fileSystemOf(values.folder)}, ${sizes.logins} logins, ${sizes.smallFiles} files of 4 KiB, ${sizes.sessions} idle sessions, listing of ${sizes.listed}; ${cpus().length} CPUs, Node ${process.version}.
Medians of ${rounds}, in turn. A ratio below 1 means ours takes less. CPU and memory are the server's.

${table(results)}

${verdicts(results).join('\n')}
`)
}

// An interrupted run must not leave gigabytes behind: a signal becomes an ordinary exit, which removes the folder.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
await main()
