import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const repository = path.join(import.meta.dirname, '..')
const result = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})

/** Lays files out in a temporary folder and returns what breaks a layering rule there: "file: rule", sorted. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-layers-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'fixture', version: '1.0.0', type: 'module' }),
  )
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  const program = path.join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = path.join(repository, '.dependency-cruiser.mjs')
  const folders = [...new Set(Object.keys(files).map((name) => name.split('/')[0] ?? name))]
  const { promise, resolve } = Promise.withResolvers<string>()
  // The exit code is the number of violations: the output says whether the run itself succeeded.
  execFile(
    process.execPath,
    [program, '--config', config, '--output-type', 'json', ...folders],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
    (_error, stdout, stderr) => resolve(stdout === '' ? stderr : stdout),
  )
  const { summary } = result.parse(JSON.parse(await promise))
  expect(summary.totalCruised).toBeGreaterThanOrEqual(Object.keys(files).length)
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).toSorted()
}

/** A house that keeps every rule: the targets that the forbidden imports below reach for. */
const HOUSE = {
  'common/models.ts': `import { z } from 'zod'\nexport const model = z.string()\n`,
  'common/ipc.ts': `export const channel = 'x'\n`,
  'electron/ftp/index.ts': `import { model } from '../../common/models.ts'\nexport const ftp = model\n`,
  'electron/ftp/inner.ts': `import net from 'node:net'\nexport const inner = net\n`,
  'electron/gate/index.ts': `export const gate = 1\n`,
  'electron/gate/inner.ts': `export const inner = 1\n`,
  'electron/local/index.ts': `export const local = 1\n`,
  'electron/transfer/index.ts': `import { ftp } from '../ftp/index.ts'\nexport const transfer = ftp\n`,
  'electron/transfer/inner.ts': `export const inner = 1\n`,
  'electron/services/session.ts': `import { app } from 'electron'\nexport const session = app\n`,
  'electron/ipc/router.ts': `import { session } from '../services/session.ts'\nexport const router = session\n`,
  'electron/preload/index.ts': `import { contextBridge } from 'electron'\nimport { channel } from '../../common/ipc.ts'\ncontextBridge.exposeInMainWorld(channel, 1)\n`,
  'electron/main.ts': `import { router } from './ipc/router.ts'\nimport { cli } from '../cli/index.ts'\nimport { command } from '../server/cli/index.ts'\nexport const main = [router, cli, command]\n`,
  'renderer/src/App.tsx': `import { useState } from 'react'\nimport { Dialog } from 'radix-ui'\nimport type { model } from '../../common/models.ts'\nexport const App = () => <Dialog.Root>{useState<typeof model>().length}</Dialog.Root>\n`,
  'agent/main.ts': `import { createServer } from 'node:http'\nexport const agent = createServer\n`,
  'agent/inner.ts': `export const inner = 1\n`,
  'server/index.ts': `import { createServer } from 'node:net'\nimport { gate } from '../electron/gate/index.ts'\nexport const server = [createServer, gate]\n`,
  'server/inner.ts': `export const inner = 1\n`,
  'server/cli/index.ts': `import { server } from '../index.ts'\nexport const command = server\n`,
  'electron/services/core.ts': `import { transfer } from '../transfer/index.ts'\nexport const core = transfer\n`,
  'electron/services/windowed.ts': `import { session } from './session.ts'\nexport const windowed = session\n`,
  'electron/services/console/index.ts': `import picomatch from 'picomatch'\nimport { core } from '../core.ts'\nexport const console = [picomatch, core]\n`,
  'electron/services/console/inner.ts': `export const inner = 1\n`,
  'cli/index.ts': `import { transfer } from '../electron/transfer/index.ts'\nexport const cli = transfer\n`,
  'cli/main.ts': `import { z } from 'zod'\nimport { core } from '../electron/services/core.ts'\nimport { console } from '../electron/services/console/index.ts'\nimport { cli } from './index.ts'\nexport const main = [z, core, console, cli]\n`,
  'testing/tool.ts': `export const tool = 1\n`,
  'e2e/ok.spec.ts': `import { ftp } from '../electron/ftp/index.ts'\nexport const spec = ftp\n`,
  'electron/ftp/ok.test.ts': `import { test } from 'vitest'\nimport { tool } from '../../testing/tool.ts'\nimport { agent } from '../../agent/main.ts'\ntest(String(tool), () => void agent)\n`,
} as const

/** File, what it must not import, the rule that has to say so. */
const FORBIDDEN: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['common/bad.ts', 'node:fs', 'common-keeps-to-its-walls'],
  ['common/bad.ts', '../electron/ftp/index.ts', 'common-keeps-to-its-walls'],
  ['electron/ftp/bad.ts', '../gate/index.ts', 'electron-ftp-keeps-to-its-walls'],
  ['electron/ftp/bad.ts', '../local/index.ts', 'electron-ftp-keeps-to-its-walls'],
  ['electron/ftp/bad.ts', 'electron', 'no-electron-below-services'],
  ['electron/ftp/bad.ts', 'fast-check', 'electron-ftp-keeps-to-its-walls'],
  ['electron/ftp/bad.ts', '../../server/index.ts', 'client-and-server-share-no-protocol-code'],
  ['electron/ftp/bad.ts', '../../testing/tool.ts', 'nothing-that-ships-imports-tools'],
  ['electron/local/bad.ts', '../ftp/index.ts', 'electron-local-keeps-to-its-walls'],
  ['electron/gate/bad.ts', '../transfer/index.ts', 'electron-gate-keeps-to-its-walls'],
  ['electron/gate/bad.ts', '../../agent/inner.ts', 'electron-gate-keeps-to-its-walls'],
  ['electron/gate/bad.ts', 'electron', 'no-electron-below-services'],
  ['electron/transfer/bad.ts', '../ftp/inner.ts', 'electron-transfer-keeps-to-its-walls'],
  ['electron/transfer/bad.ts', '../gate/inner.ts', 'electron-transfer-keeps-to-its-walls'],
  ['electron/transfer/bad.ts', '../services/session.ts', 'electron-transfer-keeps-to-its-walls'],
  ['electron/transfer/bad.ts', 'electron', 'no-electron-below-services'],
  ['electron/services/bad.ts', '../ipc/router.ts', 'electron-services-keeps-to-its-walls'],
  ['electron/services/bad.ts', '../main.ts', 'nobody-imports-the-composition-root'],
  ['electron/services/bad.ts', '../ftp/inner.ts', 'electron-services-keeps-to-its-walls'],
  ['electron/ipc/bad.ts', '../ftp/index.ts', 'electron-ipc-keeps-to-its-walls'],
  ['electron/preload/bad.ts', 'node:fs', 'electron-preload-keeps-to-its-walls'],
  ['electron/preload/bad.ts', '../services/session.ts', 'electron-preload-keeps-to-its-walls'],
  ['renderer/src/bad.tsx', 'node:fs', 'renderer-keeps-to-its-walls'],
  ['renderer/src/bad.tsx', 'electron', 'renderer-keeps-to-its-walls'],
  ['renderer/src/bad.tsx', '../../electron/services/session.ts', 'renderer-keeps-to-its-walls'],
  ['agent/bad.ts', '../electron/gate/index.ts', 'agent-keeps-to-its-walls'],
  ['agent/bad.ts', 'electron', 'no-electron-below-services'],
  ['server/bad.ts', '../electron/ftp/index.ts', 'server-and-client-share-no-protocol-code'],
  ['server/bad.ts', '../electron/gate/inner.ts', 'server-keeps-to-its-walls'],
  ['server/bad.ts', '../agent/inner.ts', 'server-keeps-to-its-walls'],
  ['server/bad.ts', '../cli/index.ts', 'server-keeps-to-its-walls'],
  ['server/bad.ts', 'electron', 'no-electron-below-services'],
  ['server/bad.ts', './cli/index.ts', 'the-server-does-not-know-who-runs-it'],
  ['server/control/bad.ts', '../cli/index.ts', 'who-runs-the-server-does-so-alone'],
  ['server/bad.ts', 'mysql2', 'one-room-speaks-to-databases'],
  ['server/bad.ts', 'selfsigned', 'one-room-makes-certificates'],
  ['server/test/bad.ts', '../../electron/ftp/index.ts', 'server-and-client-share-no-protocol-code'],
  ['electron/services/bad.ts', '../../server/index.ts', 'electron-services-keeps-to-its-walls'],
  ['electron/services/bad.ts', 'mysql2', 'electron-services-keeps-to-its-walls'],
  ['electron/services/bad.test.ts', '../../server/index.ts', 'electron-services-tests-keep-to-their-walls'],
  ['cli/bad.ts', '../server/index.ts', 'cli-keeps-to-its-walls'],
  ['agent/bad.ts', '../server/index.ts', 'agent-keeps-to-its-walls'],
  ['renderer/src/bad.tsx', '../../server/index.ts', 'renderer-keeps-to-its-walls'],
  ['testing/bad.ts', '../server/inner.ts', 'tools-use-public-entries'],
  ['testing/bad.ts', '../server/cli/index.ts', 'tools-use-public-entries'],
  ['cli/bad.ts', '../electron/ipc/router.ts', 'cli-keeps-to-its-walls'],
  ['cli/bad.ts', 'electron', 'no-electron-below-services'],
  ['cli/bad.ts', 'electron', 'no-electron-without-a-window'],
  ['cli/bad.ts', '../electron/services/windowed.ts', 'cli-keeps-to-its-walls'],
  ['cli/bad.ts', '../electron/services/windowed.ts', 'no-electron-without-a-window'],
  ['cli/bad.ts', '../electron/services/console/inner.ts', 'cli-keeps-to-its-walls'],
  ['cli/bad.ts', '../electron/transfer/inner.ts', 'cli-keeps-to-its-walls'],
  ['cli/bad.ts', 'picomatch', 'cli-keeps-to-its-walls'],
  ['electron/services/console/bad.ts', 'electron', 'electron-services-console-keeps-to-its-walls'],
  ['electron/services/console/bad.ts', 'zod', 'electron-services-console-keeps-to-its-walls'],
  ['electron/services/console/bad.ts', '../windowed.ts', 'no-electron-without-a-window'],
  ['electron/services/console/bad.ts', '../../ipc/router.ts', 'electron-services-console-keeps-to-its-walls'],
  ['electron/services/console/bad.ts', '../../ftp/inner.ts', 'electron-services-console-keeps-to-its-walls'],
  ['electron/services/bad.ts', 'picomatch', 'electron-services-keeps-to-its-walls'],
  ['electron/services/bad.ts', '../../cli/index.ts', 'electron-services-keeps-to-its-walls'],
  ['electron/preload/bad.ts', '../../cli/index.ts', 'electron-preload-keeps-to-its-walls'],
  ['renderer/src/bad.tsx', 'picomatch', 'renderer-keeps-to-its-walls'],
  ['e2e/bad.spec.ts', '../electron/ftp/inner.ts', 'tools-use-public-entries'],
  ['bench/bad.ts', '../electron/main.ts', 'nobody-imports-the-composition-root'],
  ['testing/bad.ts', '../agent/inner.ts', 'tools-use-public-entries'],
  ['electron/ftp/bad.test.ts', '../gate/index.ts', 'electron-ftp-tests-keep-to-their-walls'],
  ['electron/ftp/bad.test.ts', '../../agent/inner.ts', 'electron-ftp-tests-keep-to-their-walls'],
  ['electron/gate/test/bad.ts', '../../transfer/index.ts', 'electron-gate-tests-keep-to-their-walls'],
  ['electron/local/bad.ts', './not-there.ts', 'everything-resolves'],
]

test('a house that keeps the rules passes', { timeout: 60_000 }, async () => {
  expect(await violations(HOUSE)).toEqual([])
})

test('every wall is guarded, types and dynamic imports included', { timeout: 60_000 }, async () => {
  // Each forbidden import three ways, each in a file of its own, so that no import answers for another.
  const ways = [
    (imported: string): string => `import * as taken from '${imported}'\nexport const used = taken\n`,
    (imported: string): string => `import type * as Taken from '${imported}'\nexport type Used = typeof Taken\n`,
    (imported: string): string =>
      `export async function load() {\n  await using taken = await import('${imported}')\n  return taken\n}\n`,
  ]
  const files: Record<string, string> = { ...HOUSE }
  const expected: string[] = []
  for (const [index, [file, imported, rule]] of FORBIDDEN.entries()) {
    for (const [way, write] of ways.entries()) {
      const name = file.replace('bad', `bad-${index}-${way}`)
      files[name] = write(imported)
      expected.push(`${name}: ${rule}`)
    }
  }
  const found = new Set(await violations(files))
  expect(expected.filter((line) => !found.has(line))).toEqual([])
})

test('cycles are found, cycles of types alone are not', { timeout: 60_000 }, async () => {
  const found = await violations({
    'common/a.ts': `import { b } from './b.ts'\nexport const a = () => b\n`,
    'common/b.ts': `import { a } from './a.ts'\nexport const b = () => a\n`,
    'common/c.ts': `import type { D } from './d.ts'\nexport interface C { d: D }\n`,
    'common/d.ts': `import { type C } from './c.ts'\nexport interface D { c: C }\n`,
  })
  expect(found.every((line) => line.endsWith(': no-cycles'))).toBe(true)
  expect(found.some((line) => line.startsWith('common/a.ts') || line.startsWith('common/b.ts'))).toBe(true)
  expect(found.some((line) => line.startsWith('common/c.ts') || line.startsWith('common/d.ts'))).toBe(false)
})
