/** Listings of a whole server, as its clients ask for them. */
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import type { TestFtpServer } from '../../testing/ftp-server.ts'
import type { ControlClient } from '../../testing/control-client.ts'
import { exchange, login, start } from './data-client.ts'

async function furnished(): Promise<{ server: TestFtpServer; client: ControlClient }> {
  const server = await start()
  const at = (name: string): string => path.join(server.root, name)
  mkdirSync(at('sub'))
  for (const name of ['a.txt', 'b.txt', '-la', '.hidden', 'sub/c.txt', 'sub/d.bin', 'odd\nname', 'žluť ô.txt']) {
    writeFileSync(at(name), name)
  }
  symlinkSync('a.txt', at('link'))
  symlinkSync('/etc', at('out'))
  utimesSync(at('a.txt'), 0, Date.UTC(2024, 1, 29, 12, 34, 56) / 1000)
  return { server, client: await login(server) }
}

async function lines(client: ControlClient, command: string): Promise<string[]> {
  const { codes, received } = await exchange(client, command)
  expect(codes, command).toEqual([150, 226])
  return received.toString().split('\r\n').slice(0, -1).toSorted()
}

describeWith(['openssl'], 'listings', () => {
  test('LIST shows what can be shown, also with switches', async () => {
    const { client } = await furnished()
    const listed = await lines(client, 'LIST')
    expect(listed).toHaveLength(7)
    expect(listed.find((line) => line.endsWith(' a.txt'))).toMatch(
      /^-rw-r--r-- {4}1 \d+ +\d+ + {6}5 Feb 29 {2}2024 a\.txt$/,
    )
    expect(listed.find((line) => line.startsWith('d'))).toMatch(/ sub$/)
    expect(listed.find((line) => line.startsWith('l'))).toMatch(/ link -> \/a\.txt$/)
    for (const command of ['LIST -a', 'LIST -la', 'LIST -l -a', 'LIST .', 'LIST /', 'LIST -al /', 'NLST -l']) {
      expect(await lines(client, command), command).toEqual(listed)
    }
  })

  test('LIST of a file is its line, of a folder its content, of a pattern what fits', async () => {
    const { client } = await furnished()
    expect(await lines(client, 'LIST a.txt')).toEqual([expect.stringMatching(/ a\.txt$/)])
    expect(await lines(client, 'LIST ./-la')).toEqual([expect.stringMatching(/ -la$/)])
    expect(await lines(client, 'LIST sub')).toHaveLength(2)
    expect(await lines(client, 'LIST -d sub')).toEqual([expect.stringMatching(/^d.* sub$/)])
    expect(await lines(client, 'LIST *.txt')).toHaveLength(3)
    expect(await lines(client, 'LIST sub/?.bin')).toEqual([expect.stringMatching(/ d\.bin$/)])
    for (const none of ['LIST nowhere', 'LIST nowhere/*', 'NLST nowhere']) {
      expect((await exchange(client, none)).codes, none).toEqual([550])
    }
  })

  test('NLST gives names that other commands take', async () => {
    const { client } = await furnished()
    expect(await lines(client, 'NLST')).toEqual(['-la', '.hidden', 'a.txt', 'b.txt', 'link', 'sub', 'žluť ô.txt'])
    expect(await lines(client, 'NLST sub')).toEqual(['sub/c.txt', 'sub/d.bin'])
    expect(await lines(client, 'NLST sub/')).toEqual(['sub/c.txt', 'sub/d.bin'])
    expect(await lines(client, 'NLST /sub/*.txt')).toEqual(['/sub/c.txt'])
    expect(await lines(client, 'NLST ?.txt')).toEqual(['a.txt', 'b.txt'])
    expect(await lines(client, 'NLST *')).not.toContain('.hidden')
    expect(await lines(client, 'NLST -a *')).toContain('.hidden')
    expect(await lines(client, 'NLST *.none')).toEqual([])
    expect(await lines(client, 'NLST sub/c.txt')).toEqual(['sub/c.txt'])
  })

  test('MLSD and MLST give facts, those that OPTS chose', async () => {
    const { client } = await furnished()
    expect(await lines(client, 'MLSD')).toContainEqual(
      expect.stringMatching(
        /^type=file;size=5;modify=20240229123456;perm=adfrw;unique=\w+;UNIX\.mode=0644;UNIX\.owner=\d+;UNIX\.group=\d+; a\.txt$/,
      ),
    )
    expect((await client.command('MLST a.txt')).lines[1]).toMatch(/^ type=file;.*; \/a\.txt$/)
    await client.command('OPTS MLST size;type;')
    expect(await lines(client, 'MLSD sub')).toEqual(['type=file;size=9; c.txt', 'type=file;size=9; d.bin'])
    expect((await client.command('MLST')).lines[1]).toBe(' type=dir; /')
    expect((await exchange(client, 'MLSD a.txt')).codes).toEqual([501])
    expect((await exchange(client, 'MLSD nowhere')).codes).toEqual([550])
    expect((await client.command('MLST nowhere')).code).toBe(550)
  })

  test('STAT lists over the control connection, and politely refuses what is too big for that', async () => {
    const { server, client } = await furnished()
    expect(await client.command('STAT sub')).toMatchObject({ code: 212, lines: { length: 4 } })
    expect(await client.command('STAT -la a.txt')).toMatchObject({ code: 213, lines: { length: 3 } })
    expect((await client.command('STAT nowhere')).code).toBe(550)
    mkdirSync(path.join(server.root, 'full'))
    for (let index = 0; index < 1001; index++) writeFileSync(path.join(server.root, 'full', `${index}`), '')
    expect((await client.command('STAT full')).code).toBe(450)
  })
})
