import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { agentReadySchema } from '../../../common/agent-api.ts'
import type { ScannerStatus } from '../../../common/models.ts'
import { serverCertificate } from '../../../testing/certificates.ts'
import { startClamd } from '../../../testing/clamd.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../../testing/eicar.ts'
import { reportOf } from '../../../testing/report-of.ts'
import { createGate, type AgentAddress, type ScanGate } from '../index.ts'

const entry = fileURLToPath(new URL('../../../agent/main.ts', import.meta.url))
const token = 'gate-integration-token-0123456789abcdef'

async function startAgent(args: string[]): Promise<{ address: AgentAddress; child: ChildProcess }> {
  const env = { ...process.env, SLUICE_AGENT_TOKEN: token }
  const child = fork(entry, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const [message] = (await once(child, 'message')) as [unknown]
  return { address: { url: `http://127.0.0.1:${agentReadySchema.parse(message).port}`, token }, child }
}

async function gateInFolder(): Promise<{ gate: ScanGate; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gate-'))
  const gate = createGate({ quarantineFolder: join(folder, 'quarantine'), patience: 60_000 })
  onTestFinished(async () => {
    gate.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  return { gate, folder }
}

test('agent killed in mid-scan: ERROR at once; with a new one the retry passes', async () => {
  const { gate } = await gateInFolder()
  const first = await startAgent(['--engine', 'yara'])
  gate.useAgent(first.address)
  const scan = await gate.openScan({ name: 'file' })
  const body = Buffer.alloc(1024 * 1024, 'x')
  await scan.write(body)
  expect(scan.failure).toBe(null)
  first.child.kill('SIGKILL')
  while (scan.failure === null) await scan.write(body)
  expect(await scan.finish()).toMatchObject({
    passes: false,
    code: 'agent-unavailable',
    report: { verdict: 'ERROR', sha256: null },
  })

  gate.useAgent(null)
  const retry = gate.openScan({ name: 'file' })
  const second = await startAgent(['--engine', 'yara'])
  gate.useAgent(second.address)
  const again = await retry
  await again.write(body)
  expect(await again.finish()).toMatchObject({ passes: true, clearance: { bytes: body.length } })
})

test('agent killed while it owes the verdict: ERROR at once', async () => {
  const { gate } = await gateInFolder()
  const { address, child } = await startAgent(['--engine', 'yara'])
  gate.useAgent(address)
  const scan = await gate.openScan({ name: 'file' })
  await scan.write(Buffer.from('hello'))
  child.kill('SIGSTOP')
  const finishing = scan.finish()
  child.kill('SIGKILL')
  expect(reportOf(await finishing).verdict).toBe('ERROR')
})

test('a wrong token is named as the reason', async () => {
  const { gate } = await gateInFolder()
  const { address } = await startAgent(['--engine', 'yara'])
  const unavailable = Promise.withResolvers<string>()
  gate.onStatus((status) => {
    if (status.state === 'unavailable') unavailable.resolve(status.error.message)
  })
  gate.useAgent({ ...address, token: 'x'.repeat(40) })
  expect(await unavailable.promise).toMatch(/does not accept our token/)
})

describeWith(['openssl'], 'over TLS', () => {
  test('an agent with a certificate of its own is believed only with its authority, and never as somebody else', async () => {
    const { gate, folder } = await gateInFolder()
    const { cert, key, ca } = serverCertificate()
    const [certFile, keyFile, tokenFile] = [join(folder, 'cert'), join(folder, 'key'), join(folder, 'token')]
    await writeFile(certFile, cert)
    await writeFile(keyFile, key)
    await writeFile(tokenFile, `${token}\n`, { mode: 0o600 })
    const tls = ['--tls-cert', certFile, '--tls-key', keyFile, '--token-file', tokenFile]
    const { address } = await startAgent(['--engine', 'yara', '--listen', '0.0.0.0:0', ...tls])
    const url = address.url.replace('http:', 'https:')
    const states: ScannerStatus[] = []
    const settled = async (to: AgentAddress): Promise<ScannerStatus | undefined> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const stop = gate.onStatus((status) => {
        states.push(status)
        if (status.state !== 'starting') resolve()
      })
      gate.useAgent(to)
      await promise
      stop()
      return states.at(-1)
    }
    expect(await settled({ url, token })).toMatchObject({
      state: 'unavailable',
      error: { message: expect.stringMatching(/certificate/) as string },
    })
    const elsewhere = url.replace('127.0.0.1', '127.0.0.2')
    expect(await settled({ url: elsewhere, token, ca })).toMatchObject({
      state: 'unavailable',
      error: { message: expect.stringMatching(/altnames/) as string },
    })
    expect(await settled({ url, token, ca })).toMatchObject({ state: 'ready' })
    const scan = await gate.openScan({ name: 'file' })
    await scan.write(eicar())
    expect(await scan.finish()).toMatchObject({ passes: false, report: { verdict: 'INFECTED' } })
  })
})

describeWith(['clamd'], 'with clamd', () => {
  test('files, known files, infected files and their quarantine', async () => {
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const { gate, folder } = await gateInFolder()
    const { address } = await startAgent(['--clamd', clamd.socket])
    gate.useAgent(address)

    const clean = join(folder, 'clean.bin')
    await writeFile(clean, Buffer.alloc(2_500_000, 'clean'))
    const progress: number[] = []
    const first = await gate.scanFile(clean, { onProgress: (bytes) => progress.push(bytes) })
    expect(first).toMatchObject({ passes: true, clearance: { bytes: 2_500_000 }, report: { engine: 'clamd' } })
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(progress.at(-1)).toBe(2_500_000)
    // The very same report, its duration included: it was looked up.
    expect((await gate.scanFile(clean)).report).toEqual(first.report)

    const part = join(folder, '.evil.com.sluice-part')
    await writeFile(part, eicar())
    const outcome = await gate.scanFile(part)
    const report = reportOf(outcome)
    expect([outcome.passes, report.verdict, report.signature]).toEqual([false, 'INFECTED', EICAR_SIGNATURE])
    const info = { name: 'evil.com', source: 'ftp://host/evil.com', intendedPath: join(folder, 'evil.com'), report }
    const item = await gate.quarantine.add(part, info)
    expect(item).toMatchObject({ signature: EICAR_SIGNATURE, bytes: 68, sha256: report.sha256 })
    await expect(stat(part)).rejects.toThrow(/ENOENT/)
    expect(await gate.quarantine.remove([item.id])).toEqual([])
    expect(await readdir(join(folder, 'quarantine'))).toEqual([])
  })

  test('clamd killed: ERROR, and the status says so', async () => {
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const { gate } = await gateInFolder()
    const { address } = await startAgent(['--clamd', clamd.socket])
    gate.useAgent(address)
    const scan = await gate.openScan({ name: 'file' })
    await scan.write(Buffer.alloc(100_000))
    const unavailable = Promise.withResolvers<string>()
    gate.onStatus((status) => {
      if (status.state === 'unavailable') unavailable.resolve(status.error.message)
    })
    clamd.kill()
    while (scan.failure === null) await scan.write(Buffer.alloc(1_000_000))
    expect((await scan.finish()).report).toMatchObject({ verdict: 'ERROR' })
    expect(await unavailable.promise).toMatch(/clamd at unix:.* does not answer/)
  })
})
