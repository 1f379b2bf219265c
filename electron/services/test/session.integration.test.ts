/** The browsing session and what a person does to files on the server, on a real vsftpd. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { SluiceError } from '../../../common/errors.ts'
import type { Entry } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { listRemote, makeRemoteFolder, removeRemote, renameRemote } from '../remote-files.ts'
import { createSession, request, startServer } from './environment.ts'

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'a session on vsftpd', () => {
  test('connects, tells its steps, and never logs the password', async () => {
    const server = await startServer()
    const { session, states, log } = await createSession()
    expect(await session.connect(request(server))).toMatchObject({ state: 'connected', home: '/', tls: null })
    expect(states.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['disconnected', 'connecting', 'connected']),
    )
    const lines = log.lines().map(({ text }) => text)
    expect(lines).toContain(`USER ${server.user}`)
    expect(lines.join('\n')).not.toContain(server.password)
  })

  test('a wrong password is an error in the state too', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await expect(session.connect({ ...request(server), password: 'wrong' })).rejects.toMatchObject({
      code: 'login-refused',
    })
    expect(session.state).toMatchObject({ state: 'disconnected', error: { code: 'login-refused' } })
  })

  test('a refused certificate ends before any password is sent; an accepted one does not ask again', async () => {
    const server = await startServer({ tls: 'explicit' })
    const refusing = await createSession({ answer: 'no' })
    await expect(refusing.session.connect(request(server, 'ftpes'))).rejects.toMatchObject({
      code: 'certificate-rejected',
    })
    expect(server.commands().filter((command) => /^(USER|PASS)/.test(command))).toEqual([])
    const trusting = await createSession({ answer: 'once' })
    expect(await trusting.session.connect(request(server, 'ftpes'))).toMatchObject({ state: 'connected' })
    const { endpoint } = trusting.session
    const pooled = await trusting.connections.pool(endpoint).acquire()
    expect(pooled.client.tls?.fingerprint).toBe(server.fingerprint)
    pooled.release()
  })

  test('a session the server cut is lost, and the next operation opens it again', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    await writeFile(join(server.root, 'a.txt'), 'a')
    server.cut()
    await vi.waitFor(() => expect(session.state.state).toBe('lost'))
    const entries: Entry[] = []
    await session.run((client) =>
      listRemote(client, '/', (batch) => entries.push(...batch), AbortSignal.timeout(10_000)),
    )
    expect(entries.map(({ name }) => name)).toEqual(['a.txt'])
    expect(session.state.state).toBe('connected')
  })

  test('a listing that meets a connection cut this moment is read again over a fresh one', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    await writeFile(join(server.root, 'a.txt'), 'a')
    let tries = 0
    const names = await session.run(
      async (client) => {
        // The connection looks open when the operation begins.
        if (++tries === 1) server.cut()
        const entries: Entry[] = []
        await listRemote(client, '/', (batch) => entries.push(...batch), AbortSignal.timeout(10_000))
        return entries.map(({ name }) => name)
      },
      { again: () => true },
    )
    expect(names).toEqual(['a.txt'])
    expect(tries).toBe(2)
    expect(session.state.state).toBe('connected')
  })

  test('an operation is tried again once, only when it allows it, and only after a hang-up', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    const failing = async (again: boolean, error: () => Error) => {
      let tries = 0
      const operation = async (): Promise<never> => {
        tries++
        throw error()
      }
      await session.run(operation, { again: () => again }).catch(() => undefined)
      return tries
    }
    const hungUp = () => new SluiceError('connection-lost', 'Gone.')
    expect(await failing(true, hungUp)).toBe(2)
    expect(await failing(false, hungUp)).toBe(1)
    expect(await failing(true, () => new SluiceError('not-found', 'Nothing there.'))).toBe(1)
  })

  test('operations that find the session lost wait for one and the same new connection', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    server.cut()
    await vi.waitFor(() => expect(session.state.state).toBe('lost'))
    const first = session.run((client) => client.pwd())
    expect(session.state.state).toBe('connecting')
    expect(session.endpoint.port).toBe(server.port)
    expect(await Promise.all([first, session.run((client) => client.pwd())])).toEqual(['/', '/'])
  })

  test('a reconnection given up for another server does not speak for that one', async () => {
    const [one, two] = [await startServer(), await startServer()]
    const { session, states } = await createSession()
    await session.connect(request(one))
    one.cut()
    await vi.waitFor(() => expect(session.state.state).toBe('lost'))
    const abandoned = session.run((client) => client.pwd())
    const from = states.length
    const connecting = session.connect(request(two))
    await expect(abandoned).rejects.toMatchObject({ code: 'cancelled' })
    await connecting
    expect(states.slice(from).map(({ state }) => state)).not.toContain('lost')
    expect(await session.run((client) => client.pwd())).toBe('/')
    expect(session.endpoint.port).toBe(two.port)
  })

  test('a password that changed ends the pool opened with the old one', async () => {
    const server = await startServer({
      users: [
        { name: 'one', password: 'first password' },
        { name: 'two', password: 'second password' },
      ],
    })
    const { session, connections } = await createSession()
    await session.connect({ ...request(server), user: 'one', password: 'first password' })
    const { endpoint } = session
    const first = connections.pool(endpoint)
    expect(() => connections.pool({ ...endpoint, user: 'two' })).toThrow(/connect first/)
    await session.connect({ ...request(server), user: 'two', password: 'second password' })
    expect(connections.pool({ ...endpoint, user: 'two' })).not.toBe(first)
    expect(connections.pool(endpoint)).toBe(first)
  })

  test('disconnecting while connecting ends the attempt', async () => {
    const server = await startServer()
    const { session } = await createSession()
    const connecting = session.connect(request(server))
    await session.disconnect()
    await expect(connecting).rejects.toMatchObject({ code: 'cancelled' })
    expect(session.state).toEqual({ state: 'disconnected', error: null })
  })

  test('folders are made, renamed without clobbering, and removed with all that is in them', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    await session.run(async (client) => {
      expect(await makeRemoteFolder(client, '/', 'new folder')).toBe('/new folder')
      await mkdir(join(server.root, 'new folder/deep/deeper'), { recursive: true })
      await writeFile(join(server.root, 'new folder/deep/file'), 'x')
      await writeFile(join(server.root, 'taken'), 'precious')
      await writeFile(join(server.root, 'kept outside'), 'x')
      await expect(renameRemote(client, '/', 'new folder', 'taken')).rejects.toMatchObject({ code: 'name-refused' })
      await expect(renameRemote(client, '/', 'taken', '../x')).rejects.toMatchObject({ code: 'name-refused' })
      expect(await renameRemote(client, '/', 'new folder', 'old')).toBe('/old')
      expect(await removeRemote(client, '/', [{ name: 'old', type: 'dir' }])).toEqual({ removed: 4, failed: [] })
    })
    expect((await readdir(server.root)).sort()).toEqual(['kept outside', 'taken'])
  })

  test('a removal goes on past what cannot be removed', async () => {
    const server = await startServer()
    const { session } = await createSession()
    await session.connect(request(server))
    await writeFile(join(server.root, 'b'), 'x')
    const result = await session.run((client) =>
      removeRemote(client, '/', [
        { name: 'missing', type: 'file' },
        { name: '../x', type: 'file' },
        { name: 'b', type: 'file' },
      ]),
    )
    expect(result).toMatchObject({
      removed: 1,
      failed: [{ path: '/missing' }, { path: '/../x', error: { code: 'name-refused' } }],
    })
    expect(server.commands().filter((line) => line.includes('..'))).toEqual([])
    expect(await readdir(server.root)).toEqual([])
  })
})
