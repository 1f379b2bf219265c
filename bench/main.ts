/** `npm run bench [case...]`: measures against real peers and prints one table. See bench/README.md. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { installPeers } from '../testing/peers.ts'
import { benchLargeFile, LARGE_FILE_CASES } from './large-file.ts'
import { fileSystemOf, positive, say } from './run.ts'
import { table } from './table.ts'

const USAGE = `Usage: npm run bench [case...] [-- --rounds 5 --size 1024 --folder DIR]

  case      ${LARGE_FILE_CASES.join(', ')}, or the beginning of one ("get"); default all
  --rounds  runs of each contestant; the table shows medians (default 5)
  --size    of the file, in MiB (default 1024)
  --folder  where files lie (default the temporary folder; /dev/shm leaves the disk out)`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      size: { type: 'string', default: '1024' },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  })
  const wanted = LARGE_FILE_CASES.filter(
    (name) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
  )
  if (values.help || wanted.length === 0) return say(USAGE)
  const rounds = positive(values.rounds, 'rounds')
  const bytes = positive(values.size, 'size') * 1024 * 1024
  const missing = installPeers(['vsftpd', 'pwdfile', 'openssl', 'curl', 'lftp', 'python'], say)
  if (missing.length > 0) throw new Error(`Cannot measure without ${missing.join(', ')}.`)

  const folder = realpathSync(mkdtempSync(path.join(values.folder, 'sluice-bench-')))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const results = await benchLargeFile(wanted, { folder, bytes, rounds, say })
  remove()
  process.stdout.write(`
One file of ${values.size} MiB on ${fileSystemOf(values.folder)}, vsftpd on loopback (TLS session reuse required), ${cpus().length} CPUs, Node ${process.version}.
Medians of ${rounds}, in turn. A ratio below 1 means ours takes less.

${table(results)}
`)
}

// An interrupted run must not leave gigabytes behind: a signal becomes an ordinary exit, which removes the folder.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
await main()
