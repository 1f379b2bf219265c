import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { needsBuild } from './bundles.ts'

test('a build is needed when a bundle is missing or older than any source that is no test', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-bundles-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const write = (path: string, seconds: number) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '')
    utimesSync(join(root, path), seconds, seconds)
  }
  const needed = () => needsBuild(root, ['src', 'config.ts'], ['out/a.js', 'out/b.js'])

  write('src/deep/source.ts', 100)
  write('config.ts', 100)
  write('out/a.js', 200)
  expect(needed()).toBe(true)
  write('out/b.js', 200)
  expect(needed()).toBe(false)
  write('src/deep/source.test.ts', 300)
  write('src/test/some.integration.test.ts', 300)
  expect(needed()).toBe(false)
  write('src/deep/source.ts', 300)
  expect(needed()).toBe(true)
  write('out/a.js', 400)
  expect(needed()).toBe(true)
})
