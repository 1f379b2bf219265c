import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serverCertificate } from '../../../testing/certificates.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { createPool, type FtpPool, type PooledClient } from '../index.ts'
import type { ScriptedOptions, ScriptedServer } from '../../../testing/scripted-server.ts'
import { optionsFor, scripted } from './connect.ts'

const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })

async function pooled(
  behaviour: ScriptedOptions = {},
  settings: { max?: number; idleMs?: number } = {},
  options: Parameters<typeof optionsFor>[1] = {},
): Promise<{ server: ScriptedServer; pool: FtpPool; numbers: Set<number> }> {
  const server = await scripted(behaviour)
  const numbers = new Set<number>()
  let number = 0
  const pool = createPool(optionsFor(server, { onLine: (line) => numbers.add(line.connection), ...options }), {
    max: 2,
    nextConnectionNumber: () => (number += 1),
    ...settings,
  })
  onTestFinished(() => pool.dispose())
  return { server, pool, numbers }
}

/** Behaviour of a server that lets in only so many at a time. */
function atMost(max: number, refusal: string): ScriptedOptions {
  let inside = 0
  return {
    verbs: {
      PASS: (_argument, session) => {
        if (inside >= max) {
          session.reply(refusal)
          return
        }
        inside += 1
        session.socket.once('close', () => (inside -= 1))
        session.reply('230 Welcome')
      },
    },
  }
}

test('a released connection is used again; no more than allowed are made', async () => {
  const { server, pool, numbers } = await pooled()
  const first = await pool.acquire()
  const second = await pool.acquire()
  expect(first.client).not.toBe(second.client)
  const third = pool.acquire()
  const fourth = pool.acquire()
  first.release()
  // Giving back twice does not give it to two.
  first.release()
  expect((await third).client).toBe(first.client)
  second.release()
  expect((await fourth).client).toBe(second.client)
  expect(server.sessions).toHaveLength(2)
  expect([...numbers]).toEqual([1, 2])
})

test('waiters are served in order', async () => {
  const { pool } = await pooled({}, { max: 1 })
  const first = await pool.acquire()
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (number) => {
    const lent = await pool.acquire()
    order.push(number)
    lent.release()
  })
  first.release()
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})

test('a waiter can leave; the next one is served', async () => {
  const { pool } = await pooled({}, { max: 1 })
  const first = await pool.acquire()
  const controller = new AbortController()
  const leaving = pool.acquire({ signal: controller.signal })
  const staying = pool.acquire()
  controller.abort()
  await expect(leaving).rejects.toEqual(failsWith('cancelled'))
  first.release()
  expect((await staying).client).toBe(first.client)
  await expect(pool.acquire({ signal: controller.signal })).rejects.toEqual(failsWith('cancelled'))
})

test('a discarded or dead connection is replaced', async () => {
  const { server, pool } = await pooled({}, { max: 1 })
  const first = await pool.acquire()
  const waiting = pool.acquire()
  first.discard()
  const second = await waiting
  expect(second.client).not.toBe(first.client)
  expect(first.client.isOpen).toBe(false)
  second.release()
  server.sessions[1]?.socket.destroy()
  await second.client.closed
  const third = await pool.acquire()
  expect(third.client.isOpen).toBe(true)
  expect(server.sessions).toHaveLength(3)
})

test('idle connections say QUIT after a while', async () => {
  const { server, pool } = await pooled({}, { idleMs: 50 })
  const lent = await pool.acquire()
  lent.release()
  expect(await lent.client.closed).toBeNull()
  expect(server.commands.at(-1)).toBe('QUIT')
})

test.each(['421 Too many connections from this address', '530 Sorry, the maximum number of clients is reached'])(
  'the server allows fewer: %s',
  async (refusal) => {
    const { pool } = await pooled(atMost(1, refusal), { max: 3 })
    const first = await pool.acquire()
    const waiting = [pool.acquire(), pool.acquire()]
    first.release()
    const second = await (waiting[0] as Promise<PooledClient>)
    expect(second.client).toBe(first.client)
    second.release()
    expect((await (waiting[1] as Promise<PooledClient>)).client).toBe(first.client)
  },
)

test('a refusal is an error when not one connection works', async () => {
  const { pool } = await pooled(atMost(0, '421 Too many connections'))
  await expect(pool.acquire()).rejects.toMatchObject({ code: 'connection-lost', reply: { code: 421 } })
  await expect(pool.acquire()).rejects.toMatchObject({ code: 'connection-lost', reply: { code: 421 } })
})

test('a wrong password fails each waiter, once', async () => {
  const { server, pool } = await pooled({ verbs: { PASS: '530 Login incorrect.' } })
  const outcomes = await Promise.allSettled([pool.acquire(), pool.acquire(), pool.acquire()])
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'login-refused' } })
  expect(server.sessions.length).toBeLessThanOrEqual(3)
})

test('a larger bound serves those who wait; a smaller one ends what is too much', async () => {
  const { server, pool } = await pooled({}, { max: 1 })
  const first = await pool.acquire()
  const waiting = pool.acquire()
  pool.resize(2)
  const second = await waiting
  expect(server.sessions).toHaveLength(2)
  pool.resize(1)
  first.release()
  expect(await first.client.closed).toBeNull()
  second.release()
  expect((await pool.acquire()).client).toBe(second.client)
})

test('dispose ends everything', async () => {
  const { server, pool } = await pooled()
  const used = await pool.acquire()
  const idle = await pool.acquire()
  idle.release()
  const waiting = [pool.acquire(), pool.acquire()]
  await waiting[0]
  const [, refused] = await Promise.all([pool.dispose(), Promise.allSettled([waiting[1]])])
  expect(refused).toMatchObject([{ status: 'rejected', reason: failsWith('not-connected') }])
  expect(used.client.isOpen).toBe(false)
  expect(idle.client.isOpen).toBe(false)
  await expect(pool.acquire()).rejects.toEqual(failsWith('not-connected'))
  used.release()
  await vi.waitFor(() => expect(server.sessions.every((session) => session.socket.destroyed)).toBe(true))
})

test('dispose while connecting leaves nothing behind', async () => {
  const { server, pool } = await pooled({ greeting: null })
  const waiting = Promise.allSettled([pool.acquire()])
  await vi.waitFor(() => expect(server.sessions).toHaveLength(1))
  const closed = once(server.sessions[0]?.socket ?? fail(), 'close')
  await pool.dispose()
  expect(await waiting).toMatchObject([{ status: 'rejected', reason: failsWith('not-connected') }])
  await closed
})

function fail(): never {
  throw new Error('no session')
}

describeWith(['openssl'], 'trust', () => {
  test('a person is asked about a certificate once, however many connections there are', async () => {
    let asked = 0
    const { pool } = await pooled(
      { tls: serverCertificate('self-signed') },
      { max: 3 },
      {
        protocol: 'ftpes',
        onUntrustedCertificate: () => {
          asked += 1
          return new Promise((resolve) => setTimeout(() => resolve(true), 50))
        },
      },
    )
    const lent = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()])
    expect(new Set(lent.map(({ client }) => client)).size).toBe(3)
    expect(asked).toBe(1)
  })

  test('a no does not hold for ever', async () => {
    const answers = [false, true]
    const { pool } = await pooled(
      { tls: serverCertificate('self-signed') },
      { max: 1 },
      {
        protocol: 'ftpes',
        onUntrustedCertificate: () => Promise.resolve(answers.shift() === true),
      },
    )
    await expect(pool.acquire()).rejects.toEqual(failsWith('certificate-rejected'))
    expect((await pool.acquire()).client.isOpen).toBe(true)
  })
})
