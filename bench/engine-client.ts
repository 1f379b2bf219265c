/**
 * The FTP engine as a program: one file down or up, in a bare Node process. Reads and writes the disk as the app's
 * transfer jobs do, without their scan. Usage: engine-client get|put --protocol ftp|ftpes --port N
 * --user U --password P --pin FINGERPRINT --remote PATH --local PATH
 */
import { open } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { FtpClient, type FtpOptions } from '../electron/ftp/index.ts'

const BLOCK_BYTES = 1024 * 1024
/** One block is being sent, one waits, one is being read. */
const BLOCKS = 3

async function* blocksOf(path: string): AsyncGenerator<Buffer, void, void> {
  await using file = await open(path)
  const { size } = await file.stat()
  const blocks = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafe(BLOCK_BYTES))
  const read = async (index: number): Promise<Buffer> => {
    const block = blocks[index % BLOCKS] ?? Buffer.allocUnsafe(BLOCK_BYTES)
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, index * BLOCK_BYTES)
    return block.subarray(0, bytesRead)
  }
  const count = Math.ceil(size / BLOCK_BYTES)
  let next = read(0)
  for (let index = 0; index < count; index++) {
    const chunk = await next
    next = read(index + 1)
    yield chunk
  }
  await next
}

async function main(): Promise<void> {
  const text = { type: 'string', default: '' } as const
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { protocol: text, port: text, user: text, password: text, pin: text, remote: text, local: text },
  })
  const { user, password, pin, remote, local } = values
  const protocol = values.protocol === 'ftpes' ? 'ftpes' : 'ftp'
  const options: FtpOptions = {
    endpoint: { protocol, host: '127.0.0.1', port: Number(values.port), user },
    password,
    dataMode: 'passive',
    pins: pin === '' ? [] : [pin],
  }
  const client = await FtpClient.connect(options)
  if (positionals[0] === 'get') {
    await using file = await open(local, 'w')
    const write = async (chunk: Buffer): Promise<void> => {
      const { bytesWritten } = await file.write(chunk)
      if (bytesWritten !== chunk.length) throw new Error(`short write to ${local}`)
    }
    await client.download(remote, write, { type: 'binary' })
  } else {
    await client.upload(remote, blocksOf(local), { type: 'binary' })
  }
  await client.close()
}

await main()
