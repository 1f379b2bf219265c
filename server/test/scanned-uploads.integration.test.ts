/** What an upload's client is told of its verdict, with a real agent and clamd. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../testing/eicar.ts'
import { startScanner } from '../../testing/scanner.ts'
import { audited, exchange, login, start } from './data-client.ts'

describeWith(['openssl', 'clamd'], 'scanned uploads', () => {
  test('226 with a clean one, 550 and the signature with an infected one, 451 without a verdict', async () => {
    const { gate, clamd } = await startScanner()
    const server = await start({ gate })
    const client = await login(server)
    expect(await exchange(client, 'STOR clean.txt', 'clean')).toMatchObject({
      codes: [150, 226],
      text: '226 Scanned and clean, 5 bytes.',
    })
    const infected = await exchange(client, 'STOR infected.com', eicar())
    expect(infected.codes).toEqual([150, 550])
    expect(infected.text).toContain(EICAR_SIGNATURE)
    clamd.kill()
    expect((await exchange(client, 'STOR unknown.txt', 'never seen')).codes.at(-1)).toBe(451)
    expect(readdirSync(server.root).filter((name) => !name.startsWith('.'))).toEqual(['clean.txt'])
    const uploads = (await audited(server)).filter(({ kind }) => kind === 'upload')
    expect(uploads.map(({ path, outcome, verdict, signature }) => ({ path, outcome, verdict, signature }))).toEqual([
      { path: '/unknown.txt', outcome: 'failed', verdict: 'ERROR', signature: null },
      { path: '/infected.com', outcome: 'blocked', verdict: 'INFECTED', signature: EICAR_SIGNATURE },
      { path: '/clean.txt', outcome: 'ok', verdict: 'OK', signature: null },
    ])
  }, 60_000)
})
