/** Logging in as the window and the console do it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RecentConnection } from '../../../common/models.ts'
import { connectAndRemember } from '../connect.ts'
import { RecentConnections } from '../recent.ts'
import { createSession, request, scripted } from './environment.ts'

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-connect-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('what worked is remembered, without the password; what failed is not', async () => {
  const file = join(await temporaryFolder(), 'recent.json')
  const recent = await RecentConnections.open(file)
  const told: RecentConnection[][] = []
  const { session, log } = await createSession()
  const deps = { session, recent, log, onRecent: (list: RecentConnection[]) => void told.push(list) }
  const refusing = await scripted({ verbs: { PASS: '530 No' } })
  await expect(connectAndRemember(deps, request(refusing))).rejects.toMatchObject({ code: 'login-refused' })
  // Plain FTP: no account is made.
  const signingUp = connectAndRemember(deps, request(await scripted()), 'signUp')
  await expect(signingUp).rejects.toMatchObject({ code: 'tls-refused' })
  expect(told).toEqual([])
  const server = await scripted()
  expect(await connectAndRemember(deps, request(server))).toMatchObject({ state: 'connected' })
  const { password: _password, ...endpoint } = request(server)
  expect(told).toEqual([[{ ...endpoint, lastUsed: expect.any(Number) }]])
  expect((await RecentConnections.open(file)).list()).toEqual(told[0])
})

test('a session that cannot be remembered stands, and the log says why', async () => {
  const file = join(await temporaryFolder(), 'recent.json')
  const recent = await RecentConnections.open(file)
  // A folder of that name cannot be replaced by a file.
  await mkdir(join(file, 'in the way'), { recursive: true })
  const { session, log } = await createSession()
  const server = await scripted()
  const state = await connectAndRemember({ session, recent, log, onRecent: () => undefined }, request(server))
  expect(state).toMatchObject({ state: 'connected' })
  expect(log.lines().at(-1)).toMatchObject({ kind: 'error', text: expect.stringContaining('recent.json') })
})
