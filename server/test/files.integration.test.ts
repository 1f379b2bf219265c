/** The verbs about files and folders, as a client meets them. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../testing/eicar.ts'
import type { TestFtpServer } from '../../testing/ftp-server.ts'
import { peer } from '../../testing/peers.ts'
import { startScanner } from '../../testing/scanner.ts'
import { testOnPosix } from '../../testing/test-unless.ts'
import { keptPartName, newPartName } from '../files/part-names.ts'
import { audited, codes, exchange, login, passive, start } from './data-client.ts'

async function say(client: ControlClient, line: string): Promise<string> {
  return (await client.command(line)).lines.join('\n')
}

function put(server: TestFtpServer, name: string, text: string): string {
  const file = path.join(server.root, name)
  writeFileSync(file, text)
  return file
}

/** Sends a beginning, and cuts the connection once it is on the disk: a reset takes along what is still on its way. */
async function cut(server: TestFtpServer, client: ControlClient, name: string, text: string): Promise<void> {
  const data = await passive(client)
  expect((await client.command(`STOR ${name}`)).code).toBe(150)
  data.write(text)
  const folder = path.dirname(path.join(server.root, name))
  const sizes = (): number[] => readdirSync(folder).map((entry) => statSync(path.join(folder, entry)).size)
  await expect.poll(sizes).toContain(text.length)
  data.resetAndDestroy()
  expect((await client.reply()).code).toBe(426)
}

describeWith(['openssl'], 'folders', () => {
  test('are made, entered, told and removed', async () => {
    const server = await start()
    const client = await login(server)
    expect(await say(client, 'MKD a "b"')).toBe('257 "/a ""b""" was made.')
    expect(await say(client, 'CWD a "b"')).toMatch(/^250 /)
    expect(await say(client, 'PWD')).toBe('257 "/a ""b""" is the working folder.')
    expect(await say(client, 'XMKD c\\d')).toMatch(/^550 /)
    expect(await codes(client, 'MKD c', 'CWD c', 'CDUP', 'XRMD c', 'CDUP', 'CDUP', 'RMD /a "b"')).toEqual([
      257, 250, 250, 250, 250, 250, 250,
    ])
    expect(await say(client, 'PWD')).toMatch(/^257 "\/" /)
    expect(await codes(client, 'MKD x', 'MKD x', 'RMD gone', 'CWD gone', 'RMD /', 'RMD ..')).toEqual([
      257, 550, 550, 550, 550, 550,
    ])
    expect((await audited(server)).filter(({ kind }) => kind === 'mkdir')).toMatchObject([
      { outcome: 'refused', path: '/x', account: 'sluice', address: '127.0.0.1' },
      { outcome: 'ok', path: '/x' },
      { outcome: 'ok', path: '/a "b"/c' },
      { outcome: 'refused' },
      { outcome: 'ok', path: '/a "b"' },
    ])
  })

  test('of others are out of reach, by whatever path', async () => {
    const server = await start({ accounts: [{ name: 'ada', role: 'superuser' }, { name: 'eve' }] })
    writeFileSync(path.join(server.root, 'secret'), 'not yours')
    symlinkSync('..', path.join(server.root, 'ada', 'up'))
    symlinkSync('../secret', path.join(server.root, 'ada', 'file'))
    const client = await login(server)
    for (const way of ['..', '../..', '..\\..', '/..', '/../eve', 'up', 'up/eve', '\\..\\..\\eve']) {
      await client.command(`CWD ${way}`)
      expect(await say(client, 'PWD')).toMatch(/^257 "\/" /)
    }
    for (const file of ['../secret', '..\\secret', '/../secret', 'up/secret', 'file', '/up/secret']) {
      expect(await codes(client, `SIZE ${file}`, `DELE ${file}`, `HASH ${file}`, `RNFR ${file}`)).toEqual([
        550, 550, 550, 550,
      ])
      expect((await exchange(client, `RETR ${file}`)).codes).toEqual([550])
    }
    expect((await exchange(client, 'STOR up/new', 'x')).codes).toEqual([550])
    expect((await exchange(client, 'STOR file', 'x')).codes).toEqual([550])
    writeFileSync(path.join(server.root, 'ada', 'mine'), '')
    expect(await codes(client, 'RNFR mine', 'RNTO up/mine', 'RNFR mine', 'RNTO file')).toEqual([350, 550, 350, 550])
    expect(readdirSync(server.root).sort()).toEqual(['ada', 'eve', 'secret'])
    expect(readFileSync(path.join(server.root, 'secret'), 'utf8')).toBe('not yours')
  })
})

describeWith(['openssl'], 'files', () => {
  test('are renamed, deleted, measured', async () => {
    const server = await start()
    const client = await login(server)
    put(server, 'x', 'hello')
    expect(await say(client, 'SIZE x')).toBe('213 5')
    expect(await codes(client, 'TYPE A', 'SIZE x', 'TYPE I')).toEqual([200, 550, 200])
    expect(await codes(client, 'RNTO y', 'RNFR gone', 'RNTO y', 'RNFR x', 'RNTO y', 'RNTO z')).toEqual([
      503, 550, 503, 350, 250, 503,
    ])
    expect(await codes(client, 'DELE x', 'DELE y', 'DELE /', 'SIZE /')).toEqual([550, 250, 550, 550])
    expect(readdirSync(server.root)).toEqual([])
    expect(await audited(server)).toContainEqual(
      expect.objectContaining({ kind: 'rename', outcome: 'ok', path: '/x', target: '/y' }),
    )
  })

  test('have names that can be: others are refused with 553, and the session lives', async () => {
    const server = await start()
    const client = await login(server)
    for (const name of ['x'.repeat(256), 'a\u202eb', newPartName('sluice', 'x'), keptPartName('sluice', 'x')]) {
      expect(await codes(client, `MKD ${name}`, `RNFR ${name}`, `SIZE ${name}`, `DELE ${name}`)).toEqual([
        553, 553, 553, 553,
      ])
      expect((await exchange(client, `STOR ${name}`, 'x')).codes).toEqual([553])
    }
    expect(readdirSync(server.root)).toEqual([])
  })

  test('are replaced by a rename only by who may delete', async () => {
    const server = await start({ accounts: [{ name: 'ada', role: 'custom', rights: ['list', 'rename'] }] })
    const client = await login(server)
    put(server, 'x', 'x')
    put(server, 'y', 'y')
    expect(await codes(client, 'RNFR x', 'RNTO y')).toEqual([350, 550])
    expect(readFileSync(path.join(server.root, 'y'), 'utf8')).toBe('y')
  })

  test('tell and take times, in the ways of old and new clients', async () => {
    const server = await start()
    const client = await login(server)
    const file = put(server, 'x y', 'x')
    const time = (): string => new Date(statSync(file).mtimeMs).toISOString()
    expect(await say(client, 'MFMT 20010203040506 x y')).toBe('213 Modify=20010203040506; x y')
    expect(await say(client, 'MDTM x y')).toBe('213 20010203040506')
    expect(await say(client, 'MDTM 20020304050607 x y')).toMatch(/^213 /)
    expect(time()).toBe('2002-03-04T05:06:07.000Z')
    expect(await say(client, 'SITE UTIME 20030405060708 x y')).toMatch(/^200 /)
    expect(time()).toBe('2003-04-05T06:07:08.000Z')
    expect(await say(client, 'SITE UTIME x y 20040506070809 20050607080910 20060708091011 UTC')).toMatch(/^200 /)
    expect(time()).toBe('2005-06-07T08:09:10.000Z')
    expect(
      await codes(
        client,
        'MFMT 20011301000000 x y',
        'MFMT 2001 x y',
        'MFMT 20010101000000 gone',
        'MDTM gone',
        'SITE UTIME x y',
      ),
    ).toEqual([501, 501, 550, 550, 501])
    // A file of that name is meant itself.
    put(server, '20020304050607 x y', '')
    expect(await say(client, 'MDTM 20020304050607 x y')).not.toContain('Modify')
    expect(time()).toBe('2005-06-07T08:09:10.000Z')
  })

  test('keep their times for who may only read', async () => {
    const server = await start({ accounts: [{ name: 'ada', role: 'reader' }] })
    const client = await login(server)
    put(server, 'x', 'x')
    expect(
      await codes(
        client,
        'MDTM x',
        'MDTM 20020304050607 x',
        'MFMT 20020304050607 x',
        'SITE UTIME 20020304050607 x',
        'SITE CHMOD 777 x',
      ),
    ).toEqual([213, 550, 550, 550, 550])
  })

  testOnPosix('take permissions, but none to run as another', async () => {
    const server = await start()
    const client = await login(server)
    const file = put(server, 'x', 'x')
    expect(
      await codes(
        client,
        'SITE CHMOD 640 x',
        'SITE CHMOD 0600 x',
        'SITE CHMOD 4755 x',
        'SITE CHMOD u+x x',
        'SITE CHMOD 644',
      ),
    ).toEqual([200, 200, 501, 501, 501])
    expect(statSync(file).mode & 0o7777).toBe(0o600)
  })

  test('are hashed', async () => {
    const server = await start()
    const client = await login(server)
    put(server, 'x', 'hello')
    put(server, 'empty', '')
    const hash = (name: string, text = 'hello'): string => createHash(name).update(text).digest('hex')
    expect(await say(client, 'HASH x')).toBe(`213 SHA-256 0-4 ${hash('sha256')} x`)
    expect(await say(client, 'HASH empty')).toBe(`213 SHA-256 0-0 ${hash('sha256', '')} empty`)
    expect(await say(client, 'XSHA256 x')).toBe(`250 ${hash('sha256')}`)
    expect(await say(client, 'XSHA256 "x" 1 3')).toBe(`250 ${hash('sha256', 'el')}`)
    expect(await codes(client, 'XSHA256 "x" 1 9', 'HASH gone', 'HASH /', 'OPTS HASH SHA-512')).toEqual([
      501, 550, 550, 200,
    ])
    expect(await say(client, 'HASH x')).toBe(`213 SHA-512 0-4 ${hash('sha512')} x`)
  })
})

describeWith(['openssl'], 'an upload that was cut', () => {
  test('goes on with REST where SIZE says', async () => {
    const server = await start()
    const client = await login(server)
    await cut(server, client, 'x', 'hel')
    expect(existsSync(path.join(server.root, 'x'))).toBe(false)
    expect((await exchange(client, 'NLST')).received.toString()).toBe('')
    expect(await say(client, 'SIZE x')).toBe('213 3')
    expect(await codes(client, 'REST 3')).toEqual([350])
    expect((await exchange(client, 'STOR x', 'lo')).codes).toEqual([150, 226])
    expect(readFileSync(path.join(server.root, 'x'), 'utf8')).toBe('hello')
  })

  test('goes on with APPE, and goes with DELE', async () => {
    const server = await start()
    const client = await login(server)
    await cut(server, client, 'x', 'hel')
    expect((await exchange(client, 'APPE x', 'lo')).codes).toEqual([150, 226])
    expect(readFileSync(path.join(server.root, 'x'), 'utf8')).toBe('hello')
    await cut(server, client, 'y', 'hel')
    expect(await codes(client, 'DELE y', 'SIZE y', 'DELE y')).toEqual([250, 550, 550])
    expect(readdirSync(server.root)).toEqual(['x'])
  })

  test('does not keep its folder from being removed', async () => {
    const server = await start()
    const client = await login(server)
    mkdirSync(path.join(server.root, 'd'))
    await cut(server, client, 'd/x', 'hel')
    expect(await codes(client, 'RMD d')).toEqual([250])
  })
})

describeWith(['openssl', 'curl'], 'a cut upload', () => {
  test('is gone on with by curl', async () => {
    const server = await start()
    await cut(server, await login(server), 'x', 'hel')
    const local = path.join(server.root, 'local')
    writeFileSync(local, 'hello')
    const url = `ftp://${server.user}:${server.password}@${server.host}:${server.port}/x`
    const { stderr } = await promisify(execFile)(peer('curl'), ['-sSv', '-C', '-', '-T', local, url])
    expect(stderr).toContain('APPE x')
    expect(readFileSync(path.join(server.root, 'x'), 'utf8')).toBe('hello')
  })
})

describeWith(['openssl'], 'a quota', () => {
  test('is told with 552', async () => {
    const server = await start({ accounts: [{ name: 'ada', role: 'writer', quotaBytes: 10, quotaFiles: 2 }] })
    const client = await login(server)
    expect((await exchange(client, 'STOR x', '12345678901')).codes).toEqual([150, 552])
    expect((await exchange(client, 'STOR x', '1234567890')).codes).toEqual([150, 226])
    expect(await codes(client, 'MKD d', 'MKD e', 'RMD d', 'MKD e', 'DELE x')).toEqual([257, 552, 250, 257, 250])
    expect((await exchange(client, 'STOR y', '1234567890')).codes).toEqual([150, 226])
  })
})

describeWith(['openssl', 'clamd'], 'a scanner that has gone', () => {
  test('is answered 451 and noted as ERROR', async () => {
    const { gate } = await startScanner()
    const server = await start({ gate })
    const client = await login(server)
    gate.useAgent(null, { code: 'agent-unavailable', message: 'It has gone.' })
    expect((await exchange(client, 'STOR x', 'clean')).codes).toEqual([451])
    expect(readdirSync(server.root)).toEqual([])
    expect(await audited(server)).toContainEqual(
      expect.objectContaining({ kind: 'upload', verdict: 'ERROR', path: '/x' }),
    )
  })
})

describeWith(['openssl', 'clamd'], 'an infected upload', () => {
  test('is answered with the signature; the file that was there stays', async () => {
    const { gate } = await startScanner()
    const server = await start({ gate })
    const client = await login(server)
    put(server, 'x', 'old')
    const { codes: found, text } = await exchange(client, 'STOR x', eicar())
    expect(found).toEqual([150, 550])
    expect(text).toContain(EICAR_SIGNATURE)
    expect((await exchange(client, 'RETR x')).received.toString()).toBe('old')
    expect((await exchange(client, 'STOR y', 'clean')).codes).toEqual([150, 226])
    expect(readdirSync(server.root).sort()).toEqual(['x', 'y'])
    expect(await gate.quarantine.list()).toMatchObject([{ name: 'x', signature: EICAR_SIGNATURE }])
  })
})
