import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startClamd } from '../../testing/clamd.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar } from '../../testing/eicar.ts'
import { startRemoteAgent } from '../../testing/remote-agent.ts'
import { curl, makePlace, startServer, untilReady } from './sluice-server.ts'

const ANY = ['--listen', '127.0.0.1:0']
const url = (port: number): string => `ftp://127.0.0.1:${port}/`

describeWith(['curl', 'clamd'], 'with a scanner', () => {
  test('an agent of its own scans: EICAR is answered 550 and gets no name', async () => {
    const place = makePlace()
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const args = [...ANY, '--root', place.root, '--user', 'ann:correct horse:writer', '--clamd', clamd.socket]
    const server = startServer(args, place)
    const port = await untilReady(server)
    await server.until(/ scanner .*clamd/)
    const good = path.join(place.base, 'good.bin')
    const bad = path.join(place.base, 'bad.bin')
    writeFileSync(good, 'clean')
    writeFileSync(bad, eicar())
    expect(await curl('-u', 'ann:correct horse', '-T', good, url(port))).toMatchObject({ code: 0 })
    const refused = await curl('-v', '-u', 'ann:correct horse', '-T', bad, url(port))
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/< 550 .*Eicar-Test-Signature/)
    expect(readdirSync(place.root)).toEqual(['good.bin'])
    expect(readdirSync(path.join(place.data, 'quarantine')).length).toBeGreaterThan(0)
    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/upload .*INFECTED/) })
  })

  test('an agent elsewhere is used with its token and its certificate', async () => {
    const place = makePlace()
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const agent = await startRemoteAgent(clamd.socket, place.base)
    onTestFinished(() => agent.stop())
    const own = ['--agent', agent.url, '--token-file', agent.tokenFile, '--agent-certificate', agent.certificateFile]
    const server = startServer([...ANY, '--root', place.root, '--user', 'ann:correct horse:writer', ...own], place)
    const port = await untilReady(server)
    await server.until(/ scanner .*clamd/)
    const bad = path.join(place.base, 'bad.bin')
    writeFileSync(bad, eicar())
    expect((await curl('-v', '-u', 'ann:correct horse', '-T', bad, url(port))).stderr).toMatch(/< 550 /)
    expect(readdirSync(place.root)).toEqual([])
  })
})
