import { extractAll, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from '@playwright/test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isShell, launchApp } from '../e2e/fixture.ts'
import { packageApp, type PackagedApp } from './package-app.ts'

// A fuse is a character in the executable; the package does not export its names for them.
const DISABLED = '0'.charCodeAt(0)
const ENABLED = '1'.charCodeAt(0)

let folder: string
let packaged: PackagedApp

test.beforeAll(() => {
  test.setTimeout(300_000)
  test.skip(isShell && process.platform !== 'linux', 'packaging with a stand-in for Electron works on Linux only')
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-package-'))
  packaged = packageApp(folder)
})

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

test('the archive holds the bundles and runtime dependencies, and nothing else', () => {
  const files = listPackage(packaged.asar, { isPack: false }).map((file) => file.replaceAll('\\', '/'))
  for (const needed of [
    '/out/main/index.js',
    '/out/main/agent.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
  ]) {
    expect(files).toContain(needed)
  }
  const shipped = /^\/(out|package\.json$|node_modules(\/zod|\/@virustotal)?)(\/|$)|^\/package\.json$/
  expect(files.filter((file) => !shipped.test(file))).toEqual([])
  expect(files.filter((file) => /\.(tsx?|[cm]ts|map)$|\.test\.|\.spec\./.test(file))).toEqual([])
  expect(files.some((file) => file.endsWith('.wasm'))).toBe(true)
})

test('the archive comes up: a window, and the agent ready', async () => {
  const application = path.join(folder, 'app')
  extractAll(packaged.asar, application)
  const manifest = JSON.parse(readFileSync(path.join(application, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest).not.toHaveProperty('devDependencies')
  const launched = await launchApp({ application })
  try {
    const page = await launched.page()
    const state = (): Promise<string> =>
      page.evaluate(async () => {
        const { sluice } = window as unknown as {
          sluice: { invoke(channel: string): Promise<{ ok: boolean; value: { state: string } }> }
        }
        const reply = await sluice.invoke('scanner.status')
        return reply.ok ? reply.value.state : 'refused'
      })
    await expect.poll(state, { timeout: 30_000 }).toBe('ready')
    await expect(page).toHaveTitle(/Sluice/)
    await expect(page.getByRole('main').or(page.locator('#root > *')).first()).toBeVisible()
  } finally {
    await launched.stop()
  }
})

test('the executable has its fuses set', async () => {
  const { executable } = packaged
  test.skip(executable === null, 'Electron is not here: there is no executable to have fuses')
  if (executable === null) return
  const wire = await getCurrentFuseWire(executable)
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ]
  const on = [
    FuseV1Options.EnableCookieEncryption,
    FuseV1Options.OnlyLoadAppFromAsar,
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  ]
  for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(DISABLED)
  for (const fuse of on) expect(wire[fuse], FuseV1Options[fuse]).toBe(ENABLED)
})
