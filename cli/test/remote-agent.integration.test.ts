/** `sluice` with a scanning agent that is not its own. */
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../testing/eicar.ts'
import { startRemoteAgent } from '../../testing/remote-agent.ts'
import { startScanner, startServer } from './peers.ts'
import { makePlace, objects, runSluice, urlOf } from './sluice.ts'

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'the command line with an agent elsewhere', () => {
  test('it gives the verdicts, and is believed only with its certificate', async () => {
    const server = await startServer()
    const clamd = await startScanner()
    const place = makePlace()
    const agent = await startRemoteAgent(clamd.socket, path.dirname(place.folder))
    onTestFinished(() => agent.stop())
    writeFileSync(path.join(place.folder, 'clean.bin'), 'clean')
    writeFileSync(path.join(place.folder, 'sick.com'), eicar())
    const flags = ['--json', '--agent', agent.url, '--token-file', agent.tokenFile]
    const put = (name: string, ...more: string[]) =>
      runSluice([...flags, ...more, 'put', name, urlOf(server)], { place, env: { SLUICE_PASSWORD: server.password } })

    const clean = await put('clean.bin', '--agent-certificate', agent.certificateFile)
    expect(clean.code).toBe(0)
    expect(objects(clean.stdout)).toMatchObject([{ state: 'done', verdict: 'OK' }])
    const sick = await put('sick.com', '--agent-certificate', agent.certificateFile)
    expect(sick.code).toBe(3)
    expect(objects(sick.stdout)).toMatchObject([{ state: 'blocked', signature: EICAR_SIGNATURE }])
    writeFileSync(path.join(place.folder, 'other.bin'), 'other')
    const unknown = await put('other.bin')
    expect(unknown.code).toBe(4)
    expect(['clean.bin', 'sick.com', 'other.bin'].map((name) => existsSync(path.join(server.root, name)))).toEqual([
      true,
      false,
      false,
    ])
  })
})
