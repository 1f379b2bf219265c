/** The door before a real agent and a real clamd. */
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { QuarantineItem } from '../../../common/models.ts'
import type { Account } from '../../../common/share.ts'
import type { ClamdOptions } from '../../../testing/clamd.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../../testing/eicar.ts'
import { startScanner, type Scanner } from '../../../testing/scanner.ts'
import { keptPartName } from '../../files/part-names.ts'
import { shareFolder, type SharedFolder } from '../../test/shared-folder.ts'
import { createDoor, ScanRefused, type Upload, type UploadMode } from '../index.ts'
import { sendingBy, type Sending } from './sending.ts'

interface Guarded extends SharedFolder, Scanner, Sending {
  open(path: string, mode?: UploadMode, signal?: AbortSignal): Promise<Upload>
  quarantined: QuarantineItem[]
  problems: string[]
}

async function guard(options: ClamdOptions = {}, changes: Partial<Account> = {}): Promise<Guarded> {
  const scanner = await startScanner(options)
  const folder = await shareFolder(changes)
  const { files, account } = folder
  const quarantined: QuarantineItem[] = []
  const problems: string[] = []
  const door = createDoor({
    gate: scanner.gate,
    onQuarantined: (item) => quarantined.push(item),
    onProblem: (message) => problems.push(message),
  })
  onTestFinished(() => door.dispose())
  const open: Guarded['open'] = (path, mode = { kind: 'replace' }, signal = new AbortController().signal) =>
    door.open({ files, account, address: '192.0.2.7', path, mode, announced: null, signal })
  return Object.assign(scanner, folder, { quarantined, problems, open, ...sendingBy(open) })
}

describeWith(['clamd'], 'at the door', () => {
  test('what is clean lands with its report', async () => {
    const { root, put } = await guard()
    const landing = await put('/a', 'hello')
    expect(landing).toMatchObject({ kind: 'landed', size: 5, report: { verdict: 'OK', engine: 'clamd', bytes: 5 } })
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('hello')
    expect(await readdir(root)).toEqual(['a'])
    expect(await put('/empty', '')).toMatchObject({ kind: 'landed', size: 0 })
  })

  test('an account with a quota has no more than that in the quarantine: the rest is deleted, and told', async () => {
    const { root, put, gate, problems } = await guard({}, { quotaBytes: 10_000 })
    const landings = await Promise.all(Array.from({ length: 5 }, (_, at) => put(`/${at}`, eicar())))
    expect(landings.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'infected'))
    expect(await gate.quarantine.list()).toHaveLength(3)
    expect(problems).toEqual([expect.stringContaining('quota'), expect.stringContaining('quota')])
    expect(await readdir(root)).toEqual([])
    const [first] = await gate.quarantine.list()
    await gate.quarantine.remove([first?.id ?? ''])
    await put('/again', eicar())
    expect(await gate.quarantine.list()).toHaveLength(3)
  })

  test('what is infected goes into the quarantine, and the old file stays', async () => {
    const { root, put, gate, quarantined, account } = await guard()
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'a b'), 'old')
    expect(await put('/d/a b', eicar())).toMatchObject({
      kind: 'infected',
      report: { verdict: 'INFECTED', signature: EICAR_SIGNATURE },
    })
    expect(await readdir(join(root, 'd'))).toEqual(['a b'])
    expect(await readFile(join(root, 'd', 'a b'), 'utf8')).toBe('old')
    const items = await gate.quarantine.list()
    expect(items).toEqual(quarantined)
    expect(items).toMatchObject([
      {
        name: 'a b',
        source: `ftp://${account.name}@192.0.2.7/d/a%20b`,
        intendedPath: join(root, 'd', 'a b'),
        bytes: eicar().length,
        signature: EICAR_SIGNATURE,
      },
    ])
  })

  test('without a quarantine what is infected is deleted, and somebody told', async () => {
    const { root, put, quarantineFolder, problems } = await guard()
    await rm(quarantineFolder, { recursive: true })
    await writeFile(quarantineFolder, 'in the way')
    expect(await put('/a', eicar())).toMatchObject({ kind: 'infected' })
    expect(await readdir(root)).toEqual([])
    expect(problems).toEqual([expect.stringContaining('/a')])
  })

  test('a scanner that dies in mid-upload lets nothing pass, and nothing stays', async () => {
    const { root, open, agent, put, restart } = await guard()
    await writeFile(join(root, 'a'), 'old')
    const upload = await open('/a')
    await upload.write(Buffer.from('half'))
    const gone = once(agent, 'exit')
    agent.kill('SIGKILL')
    await gone
    const end = await upload.finish().catch((error: unknown) => error)
    expect(end instanceof ScanRefused ? end.report : end).toMatchObject(
      end instanceof ScanRefused ? { verdict: 'ERROR' } : { kind: 'unscanned', report: { verdict: 'ERROR' } },
    )
    await upload.abort()
    expect(await readdir(root)).toEqual(['a'])
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('old')
    await restart()
    expect(await put('/a', 'new')).toMatchObject({ kind: 'landed' })
  })

  test('a scanner that died before: 451 at once, before any byte is taken', async () => {
    const { root, open, agent, gate } = await guard()
    const gone = once(agent, 'exit')
    agent.kill('SIGKILL')
    await gone
    gate.useAgent(null, { code: 'agent-unavailable', message: 'It has gone.' })
    await expect(open('/a')).rejects.toMatchObject({ code: 451, report: { verdict: 'ERROR' } })
    expect(await readdir(root)).toEqual([])
  })

  test('an engine that dies in mid-scan lets nothing pass', async () => {
    const { root, open, clamd } = await guard()
    const upload = await open('/a')
    await upload.write(Buffer.alloc(100_000))
    clamd.kill()
    const end = await upload.finish().catch((error: unknown) => error)
    expect(end).toSatisfy((value: unknown) => value instanceof ScanRefused || isUnscanned(value))
    await upload.abort()
    expect(await readdir(root)).toEqual([])
  })

  test('a file above the limit of the engine is stopped on the way, whatever lies behind it', async () => {
    const { root, open, gate } = await guard({
      config: { StreamMaxLength: '1M', MaxScanSize: '1M', MaxFileSize: '1M' },
    })
    const status = gate.status()
    expect(status.state === 'ready' && status.maxBytes).toBeGreaterThan(0)
    const upload = await open('/a')
    const end = await (async () => {
      for (let block = 0; block < 40; block++) await upload.write(Buffer.alloc(64 << 10))
      await upload.write(eicar())
      return await upload.finish()
    })().catch((error: unknown) => error)
    expect(end).toSatisfy((value: unknown) => value instanceof ScanRefused || isUnscanned(value))
    await upload.abort()
    expect(await readdir(root)).toEqual([])
  })

  test('what is infected only as a whole is found: half there, half appended', async () => {
    const { root, put, gate } = await guard()
    const sample = eicar()
    await put('/a', sample.subarray(0, 30))
    expect(await put('/a', sample.subarray(30), { kind: 'append' })).toMatchObject({ kind: 'infected' })
    expect(await readFile(join(root, 'a'))).toEqual(sample.subarray(0, 30))
    expect(await readdir(root)).toEqual(['a'])
    expect(await gate.quarantine.list()).toHaveLength(1)
  })

  test('what is infected only as a whole is found: half there, half sent behind REST', async () => {
    const { root, put } = await guard()
    const sample = eicar()
    await put('/a', Buffer.concat([sample.subarray(0, 30), Buffer.from('harmless')]))
    expect(await put('/a', sample.subarray(30), { kind: 'resume', offset: 30 })).toMatchObject({ kind: 'infected' })
    expect((await stat(join(root, 'a'))).size).toBe(38)
  })

  test('what is infected only as a whole is found: cut, then gone on with', async () => {
    const { root, put, cut } = await guard()
    const sample = eicar()
    await cut('/a', sample.subarray(0, 30))
    expect(await put('/a', sample.subarray(30), { kind: 'resume', offset: 30 })).toMatchObject({ kind: 'infected' })
    await cut('/a', sample)
    // Not even by sending nothing more.
    expect(await put('/a', '', { kind: 'append' })).toMatchObject({ kind: 'infected' })
    expect(await readdir(root)).toEqual([])
  })

  test('a clean file goes on with after a cut and is scanned as a whole', async () => {
    const { root, put, cut } = await guard()
    const head = Buffer.alloc(3_000_000, 'a')
    await cut('/a', head)
    expect(await put('/a', 'tail', { kind: 'resume', offset: head.length })).toMatchObject({
      kind: 'landed',
      size: head.length + 4,
      report: { bytes: head.length + 4 },
    })
    expect((await readFile(join(root, 'a'))).equals(Buffer.concat([head, Buffer.from('tail')]))).toBe(true)
  })

  test('whoever gives up while the beginning is still being scanned finds it again', async () => {
    const { root, open, cut, clamd, account } = await guard()
    const head = Buffer.alloc(30_000_000, 'a')
    await cut('/a', head)
    clamd.pause()
    const upload = await open('/a', { kind: 'resume', offset: head.length })
    const writing = upload.write(Buffer.from('tail')).catch((error: unknown) => error)
    await upload.abort()
    clamd.resume()
    expect(await writing).toMatchObject({ code: 426 })
    expect((await stat(join(root, keptPartName(account.name, 'a')))).size).toBe(head.length)
  })

  test('bytes that somebody put behind those scanned do not land', async () => {
    const { root, open } = await guard()
    const upload = await open('/a')
    await upload.write(Buffer.from('clean'))
    const [part = ''] = await readdir(root)
    await truncate(join(root, part), 100)
    await expect(upload.finish()).rejects.toMatchObject({ code: 451 })
    expect(await readdir(root)).toEqual([])
  })

  test('whoever gives up while the verdict is awaited gets no file, and may go on later', async () => {
    const { root, open, clamd, files, account } = await guard()
    const gone = new AbortController()
    const upload = await open('/a', { kind: 'replace' }, gone.signal)
    await upload.write(Buffer.from('hello'))
    clamd.pause()
    const end = upload.finish().catch((error: unknown) => error)
    gone.abort()
    await upload.abort()
    clamd.resume()
    expect(await end).toMatchObject({ code: 426 })
    expect(await readdir(root)).toEqual([keptPartName(account.name, 'a')])
    await expect(files.facts('/a')).rejects.toMatchObject({ code: 550 })
  })

  test('a verdict on fewer bytes than came is none', async () => {
    const { root, put, gate } = await guard()
    const openScan = gate.openScan.bind(gate)
    vi.spyOn(gate, 'openScan').mockImplementation(async (options) => {
      const scan = await openScan(options)
      const write = scan.write.bind(scan)
      vi.spyOn(scan, 'write').mockImplementation(async (chunk) => await write(chunk.subarray(0, 4)))
      return scan
    })
    await expect(put('/a', eicar())).rejects.toMatchObject({ code: 451 })
    expect(await readdir(root)).toEqual([])
  })

  test('a gate that was told to look at nothing lets nothing pass here', async () => {
    const { root, put, gate } = await guard()
    gate.setPolicy({ upload: false, download: false })
    await expect(put('/a', eicar())).rejects.toMatchObject({ code: 451 })
    expect(await readdir(root)).toEqual([])
  })
})

function isUnscanned(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unscanned'
}
