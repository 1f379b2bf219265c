import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TransferType } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { startWorld, type World } from './environment.ts'

const CONVERTING = { config: { ascii_upload_enable: 'YES', ascii_download_enable: 'YES' } }
const TEXT = 'first\nsecond\n\nlone\rcr\nno end'

async function up(
  world: World,
  name: string,
  content: string | Buffer,
  transferType: TransferType,
): Promise<{ type: string; stored: string }> {
  await writeFile(join(world.local, name), content)
  const rows = await world.run({
    direction: 'upload',
    sources: [{ path: join(world.local, name) }],
    targetFolder: '/',
    transferType,
    conflict: 'overwrite',
  })
  const row = rows.at(-1)
  expect(row).toMatchObject({ state: 'done', error: null })
  return {
    type: row?.transferType ?? '',
    stored: await readFile(join(world.server.root, name), 'latin1'),
  }
}

async function down(
  world: World,
  name: string,
  content: string | Buffer,
  transferType: TransferType,
): Promise<{ type: string; stored: string; scanned: number | undefined }> {
  await writeFile(join(world.server.root, name), content)
  const rows = await world.run({
    direction: 'download',
    sources: [{ path: `/${name}` }],
    targetFolder: world.local,
    transferType,
    conflict: 'overwrite',
  })
  const row = rows.at(-1)
  expect(row).toMatchObject({ state: 'done', error: null })
  return {
    type: row?.transferType ?? '',
    stored: await readFile(join(world.local, name), 'latin1'),
    scanned: row?.scan?.bytes,
  }
}

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'text', () => {
  test('ascii goes over the wire with CR LF and arrives with the ends of lines that each side uses', async () => {
    const world = await startWorld({ vsftpd: CONVERTING })
    const sent = await up(world, 'a.dat', TEXT, 'ascii')
    expect(sent).toMatchObject({ type: 'ascii', stored: TEXT })
    expect(world.server.commands()).toContain('TYPE A')
    const got = await down(world, 'b.dat', TEXT, 'ascii')
    expect(got).toMatchObject({ type: 'ascii', stored: TEXT, scanned: TEXT.length })
  })

  test('binary changes no byte, whatever the name promises', async () => {
    const world = await startWorld({ vsftpd: CONVERTING })
    expect(await up(world, 'a.txt', TEXT, 'binary')).toMatchObject({ type: 'binary', stored: TEXT })
    expect(await down(world, 'b.txt', 'x\r\ny\n', 'binary')).toMatchObject({ type: 'binary', stored: 'x\r\ny\n' })
    expect(world.server.commands()).not.toContain('TYPE A')
  })

  test('ascii to a server that converts nothing leaves CR LF there, as asked', async () => {
    const world = await startWorld()
    expect((await up(world, 'a.txt', 'x\ny\n', 'ascii')).stored).toBe('x\r\ny\r\n')
    expect((await down(world, 'b.txt', 'x\r\ny\r\n', 'ascii')).stored).toBe('x\ny\n')
  })

  test('auto takes text by name and content as ascii, all else as binary', async () => {
    const world = await startWorld({ vsftpd: CONVERTING })
    expect(await up(world, 'a.txt', TEXT, 'auto')).toMatchObject({ type: 'ascii', stored: TEXT })
    expect(await up(world, 'b.bin', TEXT, 'auto')).toMatchObject({ type: 'binary', stored: TEXT })
    expect(await up(world, 'c.txt', 'a\0b\n', 'auto')).toMatchObject({ type: 'binary', stored: 'a\0b\n' })
    expect(await down(world, 'd.txt', TEXT, 'auto')).toMatchObject({ type: 'ascii', stored: TEXT })
    expect(await down(world, 'e.bin', TEXT, 'auto')).toMatchObject({ type: 'binary', stored: TEXT })
  })

  test('auto fetches a file again as binary when its content is no text after all', async () => {
    const world = await startWorld({ vsftpd: CONVERTING })
    const utf16 = Buffer.from('a\r\nb\n', 'utf16le')
    const long = Buffer.concat([Buffer.alloc(100_000, 'x\n'), Buffer.from([0])])
    expect(await down(world, 'a.txt', utf16, 'auto')).toMatchObject({
      type: 'binary',
      stored: utf16.toString('latin1'),
    })
    const head = Buffer.concat([Buffer.from([0, 0x0a]), long])
    expect(await down(world, 'b.txt', head, 'auto')).toMatchObject({ type: 'binary', stored: head.toString('latin1') })
  })

  test('auto notices a server that converts nothing, and damages neither side', async () => {
    const world = await startWorld()
    expect(await up(world, 'a.txt', 'x\ny\n', 'auto')).toMatchObject({ type: 'binary', stored: 'x\ny\n' })
    expect(world.server.commands().filter((line) => line.startsWith('STOR'))).toHaveLength(2)
    expect(await up(world, 'b.txt', 'x\ny\n', 'auto')).toMatchObject({ type: 'binary', stored: 'x\ny\n' })
    expect(world.server.commands().filter((line) => line.startsWith('STOR'))).toHaveLength(3)

    const other = await startWorld()
    expect(await down(other, 'a.txt', 'x\r\ny\r\n', 'auto')).toMatchObject({ type: 'binary', stored: 'x\r\ny\r\n' })
  })
})
