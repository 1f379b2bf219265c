import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { eicar } from '../../testing/eicar.ts'
import { get, post, runAgent, startAgent, TOKEN } from './agent-process.ts'

test('the built-in engine works in a process of its own', async () => {
  const agent = await startAgent(['--engine', 'yara'])
  expect((await get(agent.url, '/v1/status')).body).toMatchObject({ engine: 'yara', builtInRulesOnly: true })
  expect((await post(agent.url, eicar())).body).toMatchObject({ verdict: 'INFECTED', signature: 'EICAR_Test_File' })
  expect((await post(agent.url, Buffer.from('hello'))).body).toMatchObject({ verdict: 'OK', bytes: 5 })
})

test('ends with its parent', async () => {
  const { child } = await startAgent(['--engine', 'yara'])
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('listens on loopback only', async () => {
  const { port } = await startAgent(['--engine', 'yara'])
  const socket = connect(port, '127.0.0.2')
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => 'connected'),
    once(socket, 'error').then(() => 'refused'),
  ]).catch(() => 'refused')
  socket.destroy()
  expect(outcome).toBe('refused')
})

test('by hand: one line, help, and a sentence for what is wrong', async () => {
  const env = { SLUICE_AGENT_TOKEN: TOKEN }
  const served = await runAgent(['--engine', 'yara'], env)
  expect(served).toMatchObject({ code: 0, stderr: '' })
  expect(served.stdout).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+ \(yara\)\n$/)
  expect(served.stdout).not.toContain(TOKEN)
  expect(await runAgent(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--token-file') as string,
  })
  expect(await runAgent(['--bogus'])).toMatchObject({ code: 2, stdout: '' })
  const open = await runAgent(['--listen', '0.0.0.0:0', '--engine', 'yara'], env)
  expect(open.code).toBe(2)
  expect(open.stderr).toMatch(/--tls-cert/)
  const missing = await runAgent(
    ['--engine', 'clamscan', '--clamscan', '/nonexistent', '--database', '/nonexistent'],
    env,
  )
  expect(missing.code).toBe(1)
  expect(missing.stderr).toMatch(/no clamscan/)
})
