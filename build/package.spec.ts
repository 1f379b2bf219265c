import { extractAll, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from '@playwright/test'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isShell, launchApp } from '../e2e/fixture.ts'
import { eicar } from '../testing/eicar.ts'
import { peer, whyWithout } from '../testing/peers.ts'
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

/** Folders of what package.json depends on at run time, with all that needs. */
function runtimePackages(): string[] {
  const lock = readFileSync(path.join(import.meta.dirname, '../package-lock.json'), 'utf8')
  const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean; devOptional?: boolean }> }
  const runtime = Object.entries(packages).filter(
    ([name, { dev, devOptional }]) => name !== '' && !(dev || devOptional),
  )
  return runtime.map(([name]) => `/${name}`)
}

test('the archive holds the bundles and runtime dependencies, and nothing else', () => {
  const files = listPackage(packaged.asar, { isPack: false }).map((file) => file.replaceAll('\\', '/'))
  for (const needed of [
    '/out/main/index.js',
    '/out/main/agent.js',
    '/out/main/cli.js',
    '/out/main/server.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
  ]) {
    expect(files).toContain(needed)
  }
  const wanted = ['/out', '/package.json', ...runtimePackages()]
  const ships = (file: string): boolean =>
    wanted.some((one) => file === one || file.startsWith(`${one}/`) || one.startsWith(`${file}/`))
  expect(files.filter((file) => !ships(file))).toEqual([])
  expect(files.filter((file) => /\.(tsx?|[cm]ts|map)$|\.test\.|\.spec\./.test(file))).toEqual([])
  expect(files.some((file) => file.endsWith('.wasm'))).toBe(true)
})

/** The archive's files in a folder, where plain Node can read them. */
function extracted(): string {
  const application = path.join(folder, 'app')
  if (!existsSync(application)) extractAll(packaged.asar, application)
  return application
}

function versionOf(application: string): string {
  const { version } = JSON.parse(readFileSync(path.join(application, 'package.json'), 'utf8')) as { version: string }
  return version
}

test('the archive comes up: a window, and the agent ready', async () => {
  const application = extracted()
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

/** Runs a program to its end, with nothing to read. */
function runToEnd(program: string, args: string[]): { code: number | null; stdout: string; stderr: string } {
  const data = path.join(folder, 'cli-data')
  const done = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
    env: { ...process.env, SLUICE_DATA: data, SLUICE_HEADLESS: '1' },
  })
  return { code: done.status, stdout: done.stdout, stderr: done.stderr }
}

for (const [name, mark] of [
  ['sluice', '--cli -- '],
  ['sluice-server', '--server -- '],
] as const) {
  test(`the package carries the ${name} command, ready to run`, () => {
    const command = packaged.commands[name]
    expect(command).not.toBeNull()
    if (command === null) return
    const text = readFileSync(command, 'utf8')
    expect(text).toContain(mark)
    if (process.platform !== 'win32') accessSync(command, constants.X_OK)
  })
}

test('a package for Linux carries the unit of the file server', () => {
  const command = packaged.commands['sluice-server']
  test.skip(process.platform !== 'linux', 'systemd is for Linux')
  if (command === null) return
  const unit = readFileSync(path.join(path.dirname(command), 'sluice-server.service'), 'utf8')
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/sluice-server --config \S+ --log json$/m)
})

test('the sluice command starts what is beside it, wherever it is linked to', () => {
  const { commands, executable } = packaged
  test.skip(
    process.platform === 'win32' || executable !== null,
    'tells a stand-in for the executable from the real one',
  )
  if (commands.sluice === null || commands['sluice-server'] === null) return
  // Says how it was called, in the place of the executable that is none.
  const stub = path.join(path.dirname(commands.sluice), 'sluice-desktop')
  writeFileSync(stub, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
  const link = path.join(folder, 'linked-sluice')
  symlinkSync(commands.sluice, link)
  const { stdout } = runToEnd(link, ['--type', 'binary', 'two words'])
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--ozone-platform=headless',
    '--disable-gpu',
    '--cli',
    '--',
    '--type',
    'binary',
    'two words',
  ])
  const serverLink = path.join(folder, 'linked-sluice-server')
  symlinkSync(commands['sluice-server'], serverLink)
  const served = runToEnd(serverLink, ['--root', 'two words'])
  const headless = ['--no-sandbox', '--ozone-platform=headless', '--disable-gpu']
  expect(served.stdout.trimEnd().split('\n')).toEqual([...headless, '--server', '--', '--root', 'two words'])
})

test('the packed command line runs under plain Node', () => {
  const application = extracted()
  const entry = path.join(application, 'out/main/cli.js')
  expect(readFileSync(entry, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(runToEnd(process.execPath, [entry, '--version'])).toEqual({
    code: 0,
    stdout: `sluice ${versionOf(application)}\n`,
    stderr: '',
  })
  writeFileSync(path.join(folder, 'seen by lls.txt'), 'x')
  const { code, stdout } = runToEnd(process.execPath, [entry, '--json', '-c', 'lls'])
  expect(code).toBe(0)
  expect(stdout).toContain('"name":"seen by lls.txt"')
})

test('the packed file server runs under plain Node', () => {
  const application = extracted()
  const entry = path.join(application, 'out/main/server.js')
  expect(readFileSync(entry, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  const data = ['--data-folder', path.join(folder, 'server-data')]
  // Opens a database, and with it the packed dependencies.
  expect(runToEnd(process.execPath, [entry, 'user', 'list', ...data])).toEqual({
    code: 0,
    stdout: 'There are no accounts.\n',
    stderr: '',
  })
  const refused = runToEnd(process.execPath, [entry, '--root', '/', '--no-scan', ...data])
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be shared') })
})

test('the packed file server shares a folder and scans what comes with the agent beside it', async () => {
  const lacks = whyWithout('curl')
  test.skip(lacks !== null, lacks ?? '')
  const root = path.join(folder, 'shared')
  mkdirSync(root)
  const place = ['--root', root, '--data-folder', path.join(folder, 'share-data')]
  const listen = ['--listen', '127.0.0.1:0', '--user', 'ann:correct horse:writer']
  const args = [path.join(extracted(), 'out/main/server.js'), ...place, ...listen]
  const server = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(server, 'exit')
  try {
    let said = ''
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => (said += part))
    }
    await expect.poll(() => said, { timeout: 30_000 }).toMatch(/ ready /)
    const address = /ftp:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? ''
    const upload = (name: string, content: Buffer): string => {
      const common = ['-sSv', '-k', '--ssl-reqd', '--max-time', '30', '--user', 'ann:correct horse']
      return spawnSync(peer('curl'), [...common, '-T', '-', `${address}/${name}`], {
        input: content,
        encoding: 'utf8',
      }).stderr
    }
    expect(upload('clean.txt', Buffer.from('clean'))).toMatch(/< 226 Scanned and clean, 5 bytes/)
    expect(upload('bad.com', eicar())).toMatch(/< 550 The scan found EICAR/i)
    expect(readdirSync(root)).toEqual(['clean.txt'])
  } finally {
    server.kill()
    await ended
  }
})

test('what npm packs brings the command line, and no sources', () => {
  test.skip(process.platform === 'win32', 'links the command by hand, as npm does on POSIX systems')
  const repository = path.join(import.meta.dirname, '..')
  // As it was built: packing would build again.
  const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const packed = spawnSync('npm', packing, { cwd: repository, encoding: 'utf8' })
  expect(packed.status, packed.stderr).toBe(0)
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  spawnSync('tar', ['-xzf', path.join(folder, archive), '-C', folder])
  const installed = path.join(folder, 'package')
  expect(readdirSync(installed).toSorted()).toEqual(['LICENSE', 'README.md', 'out', 'package.json'])
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'))
  const { bin } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as { bin: { sluice: string } }
  const command = path.join(folder, 'installed-sluice')
  symlinkSync(path.join(installed, bin.sluice), command)
  const done = runToEnd(process.execPath, [command, '--json', '-c', 'lpwd'])
  expect(done).toMatchObject({ code: 0, stderr: '' })
  expect(done.stdout).toContain(path.basename(folder))
})

test('the packed app is a command line when it is told so', () => {
  const application = extracted()
  const { executable } = packaged
  const [program, ...before] =
    executable === null ? [path.join(import.meta.dirname, '../e2e/shell/electron'), application] : [executable]
  if (program === undefined) return
  const headless = process.platform === 'linux' ? ['--ozone-platform=headless', '--disable-gpu'] : []
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const run = (...args: string[]) => runToEnd(program, [...headless, ...asRoot, ...before, '--cli', '--', ...args])
  expect(run('--version')).toMatchObject({ code: 0, stdout: `sluice ${versionOf(application)}\n` })
  const { code, stdout } = run('-c', 'lls', '--json')
  expect(code).toBe(0)
  expect(stdout).toContain('"name":"seen by lls.txt"')
  expect(run('-c', 'ls')).toMatchObject({ code: 7 })
  const server = runToEnd(program, [...headless, ...asRoot, ...before, '--server', '--', '--version'])
  expect(server).toMatchObject({ code: 0, stdout: `sluice-server ${versionOf(application)}\n` })
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
