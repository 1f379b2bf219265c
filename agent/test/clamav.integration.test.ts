import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startClamd, askClamd, type Clamd, type ClamdOptions } from '../../testing/clamd.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar } from '../../testing/eicar.ts'
import { ClamdEngine } from '../engines/clamd.ts'
import { get, post, startAgent, TOKEN } from './agent-process.ts'

const MIB = 1024 * 1024
/** Unlike a hash signature it matches anywhere in a file. */
const anywhere = `Test.Anywhere:0:*:${eicar().toString('hex')}`

async function clamdForTest(options: ClamdOptions = {}): Promise<Clamd> {
  const clamd = await startClamd(options)
  onTestFinished(() => clamd.stop())
  return clamd
}

function engineFor(clamd: Clamd, verdict = 30_000): ClamdEngine {
  return new ClamdEngine({ kind: 'unix', path: clamd.path }, null, { connect: 1000, stall: 2000, verdict })
}

describeWith(['clamd'], 'clamd', () => {
  test('finds EICAR, passes the rest, and is found by "auto"', async () => {
    const clamd = await clamdForTest()
    const agent = await startAgent(['--clamd', clamd.socket])
    expect((await get(agent.url, '/v1/status')).body).toMatchObject({ engine: 'clamd', builtInRulesOnly: false })
    const found = await post(agent.url, eicar())
    expect(found.body).toMatchObject({ verdict: 'INFECTED', signature: 'Eicar-Test-Signature.UNOFFICIAL', bytes: 68 })
    expect((await post(agent.url, Buffer.alloc(3 * MIB, 'x'))).body).toMatchObject({ verdict: 'OK', bytes: 3 * MIB })
    expect((await post(agent.url, Buffer.alloc(0))).body).toMatchObject({ verdict: 'OK', bytes: 0 })
    expect((await get(agent.url, `/v1/verdicts/${String(found.body['sha256'])}`)).body).toEqual(found.body)
  })

  test.each([{ MaxFileSize: '1M' }, { MaxScanSize: '1M' }, { StreamMaxLength: '1M' }])(
    'EICAR behind the limit %j does not pass',
    async (config) => {
      const clamd = await clamdForTest({ config, signatures: [anywhere] })
      const agent = await startAgent(['--clamd', clamd.socket])
      expect((await get(agent.url, '/v1/status')).body).toMatchObject({ maxBytes: MIB })
      const hidden = Buffer.concat([Buffer.alloc(MIB + 1 - 68, '.'), eicar()])
      const refused = await post(agent.url, hidden)
      expect([refused.status, refused.body['verdict']]).not.toEqual([200, 'OK'])
      expect(JSON.stringify(refused.body)).toMatch(/too large/)
      const within = await post(agent.url, hidden.subarray(1))
      expect(within.body).toMatchObject({ verdict: 'INFECTED', signature: 'Test.Anywhere.UNOFFICIAL' })
    },
  )

  test('clamd itself says OK to what is behind its limit: the reason for the rule above', async () => {
    const clamd = await clamdForTest({ config: { MaxFileSize: '1M' }, signatures: [anywhere] })
    const session = await engineFor(clamd).open(new AbortController().signal)
    await session.write(Buffer.concat([Buffer.alloc(MIB, '.'), eicar()]))
    expect((await session.finish()).verdict).toBe('OK')
  })

  test('a limit that clamd reports is an error, not a virus', async () => {
    const clamd = await clamdForTest({ config: { MaxFileSize: '1M', AlertExceedsMax: 'yes' } })
    const session = await engineFor(clamd).open(new AbortController().signal)
    await session.write(Buffer.alloc(MIB + 1, '.'))
    await expect(session.finish()).rejects.toMatchObject({ code: 'scan-too-large' })
  })

  test('killed in mid-stream: ERROR at once, 503 afterwards, never other rules', async () => {
    const clamd = await clamdForTest()
    const agent = await startAgent(['--clamd', clamd.socket])
    const sent = request(`${agent.url}/v1/scans`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/octet-stream' },
    })
    sent.on('error', () => {})
    sent.write(Buffer.alloc(MIB))
    const first = await get(agent.url, '/v1/status')
    expect(first.status).toBe(200)
    clamd.kill()
    const feed = (error?: Error | null): void => void (error || sent.write(Buffer.alloc(MIB), feed))
    feed()
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
    let text = ''
    for await (const part of response) text += String(part)
    sent.destroy()
    expect(JSON.parse(text)).toMatchObject({ verdict: 'ERROR', sha256: null })
    expect((await get(agent.url, '/v1/status')).status).toBe(503)
    expect((await post(agent.url, eicar())).status).toBe(503)
  })

  test('a clamd that stands still is an error in bounded time', async () => {
    const clamd = await clamdForTest()
    const session = await engineFor(clamd, 300).open(new AbortController().signal)
    await session.write(eicar())
    clamd.pause()
    onTestFinished(() => clamd.resume())
    await expect(session.finish()).rejects.toThrow(/no verdict in time/)
  })

  test('signatures that change make verdicts unknown, without an official version too', async () => {
    const clamd = await clamdForTest()
    const engine = engineFor(clamd)
    const before = await engine.status()
    expect(before.signatureVersion).toMatch(/^custom\+[0-9a-f]{12}\.\d+$/)
    await writeFile(join(clamd.path, '..', 'db', 'more.hdb'), `${'0'.repeat(32)}:1:More\n`)
    expect(await askClamd(clamd.path, 'RELOAD')).toBe('RELOADING')
    const later = engineFor(clamd)
    expect((await later.status()).signatureVersion).not.toBe(before.signatureVersion)
  })
})

describeWith(['clamscan'], 'clamscan', () => {
  test('scans with its own signatures and leaves no file behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-clamscan-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const database = join(folder, 'db')
    const temporary = join(folder, 'tmp')
    await mkdir(database)
    await mkdir(temporary)
    await writeFile(join(database, 'test.ndb'), `${anywhere}\n`)
    process.env['TMPDIR'] = temporary
    onTestFinished(() => void delete process.env['TMPDIR'])
    const agent = await startAgent(['--engine', 'clamscan', '--database', database])
    expect((await get(agent.url, '/v1/status')).body).toMatchObject({ engine: 'clamscan', builtInRulesOnly: false })
    expect((await post(agent.url, eicar())).body).toMatchObject({
      verdict: 'INFECTED',
      signature: 'Test.Anywhere.UNOFFICIAL',
    })
    expect((await post(agent.url, Buffer.from('hello'))).body).toMatchObject({ verdict: 'OK' })
    expect((await post(agent.url, Buffer.alloc(0))).body).toMatchObject({ verdict: 'OK' })
    const [own] = await readdir(temporary)
    expect(await readdir(join(temporary, own ?? ''))).toEqual([])
    agent.child.disconnect()
    await once(agent.child, 'exit')
    expect(await readdir(temporary)).toEqual([])
  })
})
