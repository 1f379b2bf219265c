import { expect, test } from 'vitest'
import type { FtpPool } from '../ftp/index.ts'
import { TargetFolders } from './target-folders.ts'

const endpoint = { protocol: 'ftp', host: 'host', port: 21, user: 'user' } as const

/** A pool that never has a connection to give: a server that does not answer. */
const silent: FtpPool = {
  acquire: () => new Promise(() => undefined),
  resize: () => undefined,
  dispose: () => Promise.resolve(),
}

test('who waits for a listing shared with others can give up by himself', async () => {
  const folders = new TargetFolders()
  const asked = [1, 2, 3].map(() => new AbortController())
  const answers = asked.map(({ signal }, at) => folders.lookup(endpoint, silent, '/', `file ${at}`, signal))
  // The third question is answered by a listing.
  asked[2]?.abort()
  await expect(answers[2]).rejects.toMatchObject({ name: 'AbortError' })
})
