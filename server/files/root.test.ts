import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testOnPosix } from '../../testing/test-unless.ts'
import { shareFolder } from '../test/shared-folder.ts'
import { isInside, openRoot, rootProblem } from './root.ts'
import { openUserFiles } from './user-files.ts'

test.each([
  ['/', 'linux'],
  ['//', 'linux'],
  ['/..', 'linux'],
  ['/home/..', 'darwin'],
  ['relative', 'linux'],
  ['', 'linux'],
  ['/a\0b', 'linux'],
  ['C:\\', 'win32'],
  ['C:/', 'win32'],
  ['C:', 'win32'],
  ['D:\\x\\..', 'win32'],
  ['\\\\host\\share\\', 'win32'],
] as const)('%j cannot be a root on %s', (folder, platform) => {
  expect(rootProblem(folder, platform)).not.toBeNull()
})

test.each([
  ['/srv/ftp', 'linux'],
  ['/srv/', 'linux'],
  ['C:\\Shared', 'win32'],
  ['\\\\host\\share\\folder', 'win32'],
] as const)('%j can be a root on %s', (folder, platform) => {
  expect(rootProblem(folder, platform)).toBeNull()
})

test('a root that is missing or a file is refused without its path', async () => {
  const { root, account } = await shareFolder()
  await writeFile(join(root, 'file'), '')
  for (const bad of [join(root, 'gone'), join(root, 'file')]) {
    const error: unknown = await openUserFiles({ ...account, root: bad }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 550, message: expect.not.stringContaining(root) })
  }
})

testOnPosix('a link to the whole disk is no root', async () => {
  const { root } = await shareFolder()
  await symlink('/', join(root, 'disk'))
  await expect(openRoot(join(root, 'disk'))).rejects.toMatchObject({ code: 550 })
})

test('a folder whose name begins like the root is outside', () => {
  expect(isInside('/srv/a', '/srv/ab')).toBe(false)
  expect(isInside('/srv/a', '/srv/a')).toBe(true)
})
