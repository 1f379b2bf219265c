import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testOnPosix } from '../testing/test-unless.ts'
import { openSecrets, type SecretsOptions } from './secrets.ts'

function place(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function file(text: string, mode = 0o600): string {
  const name = path.join(place(), 'secret')
  writeFileSync(name, text)
  chmodSync(name, mode)
  return name
}

function secrets(o: Partial<SecretsOptions> = {}) {
  const warnings: string[] = []
  const defaults = {
    user: null,
    passwordFile: null,
    netrcFile: null,
    fromAddresses: [],
    env: { NETRC: path.join(place(), 'none') },
  }
  return { warnings, open: openSecrets({ ...defaults, warn: (text) => warnings.push(text), ...o }) }
}

test('the variable is used, and is gone from the environment of children', async () => {
  const env = { SLUICE_PASSWORD: 'from env', NETRC: '/nowhere' }
  const find = await secrets({ env, user: 'ann' }).open
  expect(env).not.toHaveProperty('SLUICE_PASSWORD')
  expect(await find('h', null)).toEqual({ user: 'ann', password: 'from env' })
  expect(await find('h', 'bob')).toEqual({ user: 'bob', password: 'from env' })
})

test('address, variable, file and .netrc: the first that has it', async () => {
  const netrcFile = file('machine h login ann password netrc\n')
  const passwordFile = file('file\nnot this\n')
  const fromAddresses = [{ host: 'h', user: 'ann', password: 'address' }]
  expect(await (await secrets({ netrcFile, passwordFile, fromAddresses }).open)('h', 'ann')).toMatchObject({
    password: 'address',
  })
  expect(await (await secrets({ netrcFile, passwordFile }).open)('h', 'ann')).toMatchObject({ password: 'file' })
  expect(await (await secrets({ netrcFile }).open)('h', null)).toEqual({ user: 'ann', password: 'netrc' })
  expect(await (await secrets({ netrcFile }).open)('other', null)).toBeNull()
})

test('a password of an address is for its host alone', async () => {
  const find = await secrets({ fromAddresses: [{ host: 'h', user: 'ann', password: 'x' }] }).open
  expect(await find('elsewhere', 'ann')).toBeNull()
})

test('anonymous needs no password', async () => {
  expect(await (await secrets().open)('h', 'anonymous')).toEqual({ user: 'anonymous', password: 'anonymous@' })
})

testOnPosix('files that others may read are not used', async () => {
  const { open, warnings } = secrets({ netrcFile: file('machine h login ann password x\n', 0o644) })
  expect(await (await open)('h', null)).toBeNull()
  expect(warnings).toEqual([expect.stringContaining('chmod 600')])
  await expect(secrets({ passwordFile: file('x', 0o640) }).open).rejects.toMatchObject({ code: 'bad-argument' })
})

test('files that are named must be there; the usual .netrc need not', async () => {
  await expect(secrets({ passwordFile: '/nowhere/file' }).open).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(secrets({ netrcFile: '/nowhere/file' }).open).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(secrets({ passwordFile: file('\nsecond') }).open).rejects.toThrow(/first line .* is empty/)
})
