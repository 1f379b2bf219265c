import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, afterAll, expect, test } from 'vitest'
import { createAppProtocol } from './app-protocol.ts'

let folder: string
let serve: (request: Request) => Promise<Response>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-protocol-'))
  await mkdir(join(folder, 'renderer'))
  await writeFile(join(folder, 'secret.html'), 'secret')
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'renderer', 'notes.txt'), 'no page asks for this')
  serve = createAppProtocol(join(folder, 'renderer'))
})
afterAll(() => rm(folder, { recursive: true }))

/** `new URL` works dots out by itself; what a hostile page can still send is the encoded form. */
const get = (path: string, host = 'sluice') => serve(new Request(`app://${host}${path}`))

test('serves the page with the policy that allows neither inline code nor foreign sources', async () => {
  const response = await get('/index.html')
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('<!doctype html>')
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
})

test.each([
  ['/..%2fsecret.html', 'sluice', 403],
  ['/%2e%2e%2fsecret.html', 'sluice', 403],
  ['/x/..%2f..%2fsecret.html', 'sluice', 403],
  ['/index.html', 'other', 403],
  ['/notes.txt', 'sluice', 403],
  ['/missing.html', 'sluice', 404],
])('answers %s at %s with %i', async (path, host, status) => {
  const response = await get(path, host)
  expect(response.status).toBe(status)
  expect(await response.text()).toBe('')
})

test('takes GET only', async () => {
  const response = await serve(new Request('app://sluice/index.html', { method: 'POST', body: 'x' }))
  expect(response.status).toBe(403)
})
