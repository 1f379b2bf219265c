import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { startWorld } from './environment.ts'

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'retrying', () => {
  test('a folder that cannot be planned again keeps its row, which says why', async () => {
    const world = await startWorld()
    const [row] = await world.run({ direction: 'download', sources: [{ path: '/later' }], targetFolder: world.local })
    expect(row).toMatchObject({ state: 'failed', error: { code: 'not-found' } })
    await rm(world.local, { recursive: true })
    await writeFile(world.local, 'in the way')
    world.transfers.retry([row?.id ?? 0])
    expect(await world.until((rows) => rows.some(({ error }) => error?.code === 'local-exists'))).toMatchObject([
      { state: 'failed', localPath: row?.localPath, remotePath: '/later' },
    ])
    expect(world.transfers.list().totals).toMatchObject({ failed: 1, queued: 0, active: 0 })
  }, 8000)
})
