/** The conversation of compliance-session.ts with a real server; docs/server-compliance.md says what it answered. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { createGate } from '../../electron/gate/index.ts'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar } from '../../testing/eicar.ts'
import { startFtpServer, type TestFtpServer } from '../../testing/ftp-server.ts'
import { startScanner } from '../../testing/scanner.ts'
import { SITE_VERBS, VERBS } from '../verbs/table.ts'
import { compliancePage, type Answer } from './compliance-page.ts'
import { COMPLIANCE, type Chapter, type Step } from './compliance-session.ts'

test('the conversation goes through every verb, X-forms too', () => {
  const used = new Set(COMPLIANCE.flatMap(({ steps }) => steps.map(({ verb }) => verb)))
  const all = [
    ...VERBS.filter(({ name }) => name !== 'SITE').flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...SITE_VERBS.map(({ name }) => `SITE ${name}`),
  ]
  expect(all.filter((verb) => !used.has(verb))).toEqual([])
})

describeWith(['clamd', 'openssl'], 'a conversation through every verb', () => {
  test('is answered as docs/server-compliance.md says', { timeout: 120_000 }, async () => {
    const { gate } = await startScanner()
    const answers: Answer[] = []
    for (const chapter of COMPLIANCE) {
      const server = await serverOf(chapter, gate)
      for (const { step, codes } of await converse(server, chapter)) {
        expect(codes, `${chapter.title}: ${step.line}`).toEqual(step.replies)
        answers.push(...codes.map((code) => ({ verb: step.verb, code })))
      }
      await server.stop()
    }
    await expect(compliancePage(answers)).toMatchFileSnapshot('../../docs/server-compliance.md')
  })
})

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-sign-up-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function serverOf({ config, login }: Chapter, gate: ReturnType<typeof createGate>): Promise<TestFtpServer> {
  const { tls, signUp, dataSeconds, connections, failedLogins, quotaBytes, agent, crowded } = config
  const noAgent = createGate({ quarantineFolder: path.join(import.meta.dirname, 'never-made'), patience: 1 })
  onTestFinished(() => noAgent.dispose())
  const server = await startFtpServer({
    accounts: [{ name: 'mara', role: login ?? 'writer', quotaBytes: quotaBytes ?? null }],
    gate: agent === 'gone' ? noAgent : gate,
    config: {
      tls: { mode: tls },
      ...(signUp === true ? { signUp: { enabled: true, folder: newFolder() } } : {}),
      limits: {
        ...(dataSeconds === undefined ? {} : { dataSeconds }),
        ...(connections === undefined ? {} : { connections }),
        ...(failedLogins === undefined ? {} : { failedLogins }),
      },
    },
  })
  onTestFinished(() => server.stop())
  writeFileSync(path.join(server.root, 'a.txt'), 'some words\n')
  mkdirSync(path.join(server.root, 'sub'))
  writeFileSync(path.join(server.root, 'sub', 'b.txt'), 'others\n')
  if (crowded === true) {
    mkdirSync(path.join(server.root, 'crowd'))
    for (let at = 0; at <= 1000; at++) writeFileSync(path.join(server.root, 'crowd', String(at)), '')
  }
  return server
}

async function converse(server: TestFtpServer, chapter: Chapter): Promise<{ step: Step; codes: number[] }[]> {
  const client = await ControlClient.connect(server.host, server.port)
  const held: Socket[] = []
  try {
    expect((await client.reply()).code).toBe(220)
    if (chapter.secure === true) {
      expect((await client.command('AUTH TLS')).code).toBe(234)
      await client.startTls()
    }
    if (chapter.login !== null) {
      expect((await client.command(`USER ${server.user}`)).code).toBe(331)
      expect((await client.command(`PASS ${server.password}`)).code).toBe(230)
    }
    const answers = []
    let secureData = false
    for (const step of chapter.steps) {
      if (step.line === 'PROT P') secureData = true
      answers.push({ step, codes: await play(step, client, server, secureData, held) })
    }
    return answers
  } finally {
    for (const socket of held) socket.destroy()
    client.destroy()
  }
}

/** Says the line and gives the codes of all its replies. */
async function play(
  { line, data, replies }: Step,
  client: ControlClient,
  server: TestFtpServer,
  secureData: boolean,
  held: Socket[],
): Promise<number[]> {
  const port = data === undefined ? null : await client.passive()

  client.write(`${line.replace('{password}', server.password)}\r\n`)
  const { code: first } = await client.reply()
  const codes = [first]
  if (port !== null && first === 150 && data !== undefined && data.kind !== 'none') {
    const plain = connect({ host: server.host, port })
    const socket = secureData ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain
    held.push(socket)
    socket.on('error', () => undefined)
    await once(socket, secureData ? 'secureConnect' : 'connect')
    socket.resume()
    if (data.kind === 'send') socket.end(data.text.replace('{eicar}', () => eicar().toString('latin1')))
    if (data.kind === 'read') socket.end()
  }
  // 426 ends the transfer, and the reply to ABOR itself follows.
  const more = (): boolean => codes.length < replies.length && ((codes.at(-1) ?? 0) < 200 || codes.at(-1) === 426)
  while (more()) codes.push((await client.reply()).code)
  return codes
}
