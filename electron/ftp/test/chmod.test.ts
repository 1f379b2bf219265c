/** SITE CHMOD on servers that do not know it. */
import { expect, test } from 'vitest'
import { conversation } from './connect.ts'

test.each(['500 What?', '502 Not implemented', '504 Not for SITE', '202 Superfluous'])(
  'a server that answers "%s" does not support it, and the error says so',
  async (answer) => {
    const { client, server } = await conversation({ verbs: { SITE: answer } })
    await expect(client.chmod('/a', '644')).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('SITE CHMOD'),
    })
    expect(server.commands).toContain('SITE CHMOD 644 /a')
  },
)

test('a refusal says why', async () => {
  const { client } = await conversation({ verbs: { SITE: '550 Permission denied' } })
  await expect(client.chmod('/a', '644')).rejects.toMatchObject({ code: 'permission-denied' })
})
