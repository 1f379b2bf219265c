import { chmodSync, mkdtempSync, realpathSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { testAsUser } from '../../testing/test-unless.ts'
import { checkShareRoot } from './root.ts'

testAsUser('a folder that the server may not read is refused at once', async () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-root-')))
  onTestFinished(() => rmdirSync(folder))
  chmodSync(folder, 0o000)
  await expect(checkShareRoot(folder)).rejects.toMatchObject({
    code: 'bad-argument',
    message: `The folder ${folder} cannot be shared. Whoever runs this program may not read it: change its permissions.`,
  })
})
