/** A scanning agent that is not the app's own: reached by TLS with a token, as one on another machine would be. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eicar } from '../testing/eicar.ts'
import { startRemoteAgent } from '../testing/remote-agent.ts'
import { launchApp } from './fixture.ts'
import { expect, SluiceWindow, test as base } from './main-job-fixture.ts'

const test = base.extend({
  launched: async ({ clamd, localFolder }, use, info) => {
    const { stop, ...agent } = await startRemoteAgent(clamd.socket, info.outputPath())
    const launched = await launchApp({
      settings: { agent: { mode: 'remote', ...agent } },
      env: { HOME: localFolder },
    })
    await use(launched)
    await launched.stop()
    await stop()
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
