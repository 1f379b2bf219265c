import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testOnPosix } from '../../testing/test-unless.ts'
import { shareFolder } from '../test/shared-folder.ts'
import { hold } from './held.ts'
import { keptPartName } from './part-names.ts'

/** Linux has both ways; elsewhere they are the same one. */
describe.each([
  ['by the system’s own way', undefined],
  ['by comparing real paths', true],
])('held %s', (_name, portable) => {
  const held = async (root: string, path: string): Promise<Awaited<ReturnType<typeof hold>>> => {
    const found = await hold(root, path, ...(portable === undefined ? [] : [portable]))
    onTestFinished(() => found.close())
    return found
  }

  test('a folder names what lies in it', async () => {
    const { root } = await shareFolder()
    const folder = await held(root, root)
    await writeFile(folder.at('x'), 'hello')
    expect((await held(root, join(root, 'x'))).stats.size).toBe(5)
    await folder.check()
  })

  testOnPosix('a link inside is followed, one that leads out is not there', async () => {
    const { root, outside } = await shareFolder()
    await mkdir(join(root, 'd'))
    await symlink('d', join(root, 'in'))
    await symlink(outside, join(root, 'out'))
    await symlink(join(outside, 'gone'), join(root, 'dangling'))
    expect((await held(root, join(root, 'in'))).real).toBe(join(root, 'd'))
    for (const path of ['out', 'out/secret', 'dangling', '../outside/secret']) {
      await expect(hold(root, join(root, path), portable)).rejects.toMatchObject({ code: 'ENOENT' })
    }
  })

  testOnPosix("the server's own files are not there", async () => {
    const { root } = await shareFolder()
    await writeFile(join(root, keptPartName('ada', 'x')), '')
    await expect(hold(root, join(root, keptPartName('ada', 'x')), portable)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  testOnPosix('a folder that was taken out of the root is noticed', async () => {
    const { root, outside } = await shareFolder()
    await mkdir(join(root, 'd'))
    const folder = await held(root, join(root, 'd'))
    await rename(join(root, 'd'), join(outside, 'd'))
    await symlink(join(outside, 'd'), join(root, 'd'))
    await expect(folder.check()).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
