import { randomBytes } from 'node:crypto'
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../../testing/eicar.ts'
import { startWorld } from './environment.ts'
import { meddling } from './meddling.ts'

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'the scan decides', () => {
  test('an infected file is not uploaded: the server never sees STOR, and what it had stays', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'a.txt'), eicar())
    await writeFile(join(world.local, 'clean.txt'), 'clean')
    await writeFile(join(world.server.root, 'a.txt'), 'the good one')
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a.txt') }],
      targetFolder: '/',
      conflict: 'overwrite',
    })
    expect(rows).toMatchObject([
      { state: 'blocked', error: { code: 'infected' }, scan: { verdict: 'INFECTED', signature: EICAR_SIGNATURE } },
    ])
    expect(world.server.commands().filter((line) => /^(STOR|APPE|DELE|RNFR)/.test(line))).toEqual([])
    expect(await readFile(join(world.server.root, 'a.txt'), 'utf8')).toBe('the good one')
    expect(world.transfers.list().totals).toMatchObject({ blocked: 1, done: 0 })
  })

  test('an infected download goes to quarantine and never bears its name', async () => {
    const world = await startWorld()
    await writeFile(join(world.server.root, 'a.exe'), eicar())
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/a.exe', type: 'file' }],
      targetFolder: world.local,
    })
    expect(rows).toMatchObject([{ state: 'blocked', error: { code: 'infected' }, scan: { verdict: 'INFECTED' } }])
    expect(await readdir(world.local)).toEqual([])
    const items = await world.gate.quarantine.list()
    expect(items).toMatchObject([
      {
        name: 'a.exe',
        intendedPath: join(world.local, 'a.exe'),
        source: `ftp://sluice@127.0.0.1:${world.server.port}/a.exe`,
        bytes: 68,
        signature: EICAR_SIGNATURE,
      },
    ])
  })

  test('an infected download does not touch the file it would have replaced', async () => {
    const world = await startWorld()
    await writeFile(join(world.server.root, 'a.exe'), eicar())
    await writeFile(join(world.local, 'a.exe'), 'the good one')
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/a.exe' }],
      targetFolder: world.local,
      conflict: 'overwrite',
    })
    expect(rows).toMatchObject([{ state: 'blocked' }])
    expect(await readFile(join(world.local, 'a.exe'), 'utf8')).toBe('the good one')
  })

  test.each([
    ['rewritten', (path: string) => writeFile(path, randomBytes(5_000_000))],
    ['made longer', (path: string) => appendFile(path, 'x')],
    ['cut short', (path: string) => writeFile(path, 'short')],
  ])('a file %s after its scan is not left on the server', async (_what, meddle) => {
    const world = await startWorld({ gate: (gate) => meddling(gate, meddle) })
    await writeFile(join(world.local, 'a.bin'), randomBytes(5_000_000))
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a.bin') }],
      targetFolder: '/',
    })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    expect(await readdir(world.server.root)).toEqual([])
    expect(world.server.commands().some((line) => line.startsWith('RNTO'))).toBe(false)
  })

  test('a file that a scan swap would infect is caught by its hash', async () => {
    const clean = Buffer.alloc(68, 'c')
    const world = await startWorld({ gate: (gate) => meddling(gate, (path) => writeFile(path, eicar())) })
    await writeFile(join(world.local, 'a.bin'), clean)
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a.bin') }],
      targetFolder: '/',
    })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    expect(await readdir(world.server.root)).toEqual([])
  })

  test('with scanning off, too, only the bytes that were read before are sent', async () => {
    const world = await startWorld({ gate: (gate) => meddling(gate, (path) => writeFile(path, eicar())) })
    world.gate.setPolicy({ upload: false, download: true })
    await writeFile(join(world.local, 'a.bin'), Buffer.alloc(68, 'c'))
    const sources = [{ path: join(world.local, 'a.bin') }]
    const rows = await world.run({ direction: 'upload', sources, targetFolder: '/' })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' }, unscanned: true }])
    expect(await readdir(world.server.root)).toEqual([])
  })

  test('a try that is cut while scanning is off does not spare the next one the scan', async () => {
    const world = await startWorld({
      gate: (gate) => ({
        ...meddling(gate, () => Promise.resolve()),
        openScan: async (options) => {
          const scan = await gate.openScan(options)
          if (scan.unscanned) {
            // Whoever switches it on again means every file from here on; this one begins anew.
            world.server.cut()
            gate.setPolicy({ upload: true, download: true })
          }
          return scan
        },
      }),
    })
    world.gate.setPolicy({ upload: false, download: false })
    await writeFile(join(world.server.root, 'a.bin'), eicar())
    // A connection that can be cut.
    await world.pool.acquire().then((pooled) => pooled.release())
    const rows = await world.run({ direction: 'download', sources: [{ path: '/a.bin' }], targetFolder: world.local })
    expect(rows).toMatchObject([{ state: 'blocked', unscanned: false, scan: { verdict: 'INFECTED' } }])
    expect(await readdir(world.local)).toEqual([])
  })

  test('an agent killed while it scans an upload lets nothing pass; after its restart a retry does', async () => {
    const world = await startWorld()
    world.clamd.pause()
    const content = randomBytes(2_000_000)
    await writeFile(join(world.local, 'a.bin'), content)
    const running = world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a.bin') }],
      targetFolder: '/',
    })
    await world.until((rows) => rows.some((row) => row.state === 'scanning' && row.scanned > 0))
    world.agent.kill('SIGKILL')
    const rows = await running
    expect(rows).toMatchObject([{ state: 'failed', scan: { verdict: 'ERROR' } }])
    expect(rows[0]?.error?.code).toBe('agent-unavailable')
    expect(world.server.commands().some((line) => line.startsWith('STOR'))).toBe(false)

    world.clamd.resume()
    await world.restart()
    world.transfers.retry(rows.map((row) => row.id))
    expect(await world.settled()).toMatchObject([{ state: 'done', error: null, scan: { verdict: 'OK' } }])
    expect(content.equals(await readFile(join(world.server.root, 'a.bin')))).toBe(true)
  })

  test('an agent killed while it scans a download leaves nothing behind; after its restart a retry does', async () => {
    const world = await startWorld()
    world.clamd.pause()
    const content = randomBytes(2_000_000)
    await writeFile(join(world.server.root, 'a.bin'), content)
    const running = world.run({ direction: 'download', sources: [{ path: '/a.bin' }], targetFolder: world.local })
    await world.until((rows) => rows.some((row) => row.scanned > 0))
    world.agent.kill('SIGKILL')
    const rows = await running
    expect(rows).toMatchObject([{ state: 'failed', scan: { verdict: 'ERROR' } }])
    expect(await readdir(world.local)).toEqual([])

    world.clamd.resume()
    await world.restart()
    world.transfers.retry(rows.map((row) => row.id))
    expect(await world.settled()).toMatchObject([{ state: 'done', scan: { verdict: 'OK' } }])
    expect(content.equals(await readFile(join(world.local, 'a.bin')))).toBe(true)
  })

  test.each(['upload', 'download'] as const)(
    'an agent that is back in time costs the %s only a new try',
    async (direction) => {
      const world = await startWorld({ retryDelays: [3000, 3000] })
      world.clamd.pause()
      const content = randomBytes(2_000_000)
      const upload = direction === 'upload'
      const [from, to] = upload ? [world.local, world.server.root] : [world.server.root, world.local]
      await writeFile(join(from, 'a.bin'), content)
      const running = world.run({
        direction,
        sources: [{ path: upload ? join(world.local, 'a.bin') : '/a.bin' }],
        targetFolder: upload ? '/' : world.local,
      })
      await world.until((rows) => rows.some((row) => row.scanned > 0))
      world.agent.kill('SIGKILL')
      await world.until((rows) => rows[0]?.state === 'queued' && rows[0].error?.code === 'agent-unavailable')
      world.clamd.resume()
      await world.restart()
      expect(await running).toMatchObject([{ state: 'done', error: null, scan: { verdict: 'OK' } }])
      expect(content.equals(await readFile(join(to, 'a.bin')))).toBe(true)
    },
  )

  test('without an agent every row fails and says so', async () => {
    const world = await startWorld()
    world.gate.useAgent(null, { code: 'agent-unavailable', message: 'The agent was stopped.' })
    await writeFile(join(world.local, 'a'), 'a')
    await writeFile(join(world.server.root, 'b'), 'b')
    await world.run({ direction: 'upload', sources: [{ path: join(world.local, 'a') }], targetFolder: '/' })
    const rows = await world.run({ direction: 'download', sources: [{ path: '/b' }], targetFolder: world.local })
    expect(rows.map((row) => [row.state, row.error?.code])).toEqual([
      ['failed', 'agent-unavailable'],
      ['failed', 'agent-unavailable'],
    ])
    expect(await readdir(world.local)).toEqual(['a'])
    await expect(stat(join(world.server.root, 'a'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
