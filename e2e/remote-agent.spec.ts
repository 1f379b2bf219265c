/** A scanning agent that is not the app's own: reached by TLS with a token, as one on another machine would be. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serverCertificate } from '../testing/certificates.ts'
import { eicar } from '../testing/eicar.ts'
import { launchApp } from './fixture.ts'
import { expect, SluiceWindow, test as base } from './main-job-fixture.ts'

const test = base.extend({
  launched: async ({ clamd, localFolder }, use, info) => {
    const { cert, key, ca } = serverCertificate('valid')
    const file = (name: string, text: string): string => {
      writeFileSync(info.outputPath(name), text, { mode: 0o600 })
      return info.outputPath(name)
    }
    const tokenFile = file('token', 'not-a-secret-but-long-enough-for-a-token')
    const certificateFile = file('ca.pem', ca)
    const tls = { 'tls-cert': file('cert.pem', cert), 'tls-key': file('key.pem', key) }
    const options = { listen: '127.0.0.1:0', 'token-file': tokenFile, ...tls }
    const args = Object.entries({ ...options, engine: 'clamd', clamd: clamd.socket }).flatMap(([k, v]) => [`--${k}`, v])
    const agent = spawn(process.execPath, ['agent/main.ts', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(agent, 'exit')
    const lines = createInterface({ input: agent.stdout })
    const [first] = (await Promise.race([once(lines, 'line'), ended])) as [unknown]
    const url = /https:\S+/.exec(String(first))?.[0]
    if (url === undefined) throw new Error(`The agent did not start: ${String(first)}`)
    const launched = await launchApp({
      settings: { agent: { mode: 'remote', url, tokenFile, certificateFile } },
      env: { HOME: localFolder },
    })
    await use(launched)
    await launched.stop()
    agent.kill()
    await ended
  },
})

test('files pass through it, and only clean ones', async ({ server, page, localFolder }) => {
  const window = new SluiceWindow(page)
  writeFileSync(join(localFolder, 'clean.bin'), Buffer.alloc(200_000, 7))
  writeFileSync(join(localFolder, 'sick.com'), eicar())
  await window.connect(server, 'plain')
  await window.connected()
  await window.pane('Local').getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
  await window.drag('Local', 'clean.bin')
  await window.drag('Local', 'sick.com')
  await expect(window.transfer('clean.bin')).toContainText('Uploaded')
  await expect(window.transfer('sick.com')).toContainText('INFECTED')
  expect(readFileSync(join(server.root, 'clean.bin'))).toEqual(Buffer.alloc(200_000, 7))
  expect(existsSync(join(server.root, 'sick.com'))).toBe(false)
})
