/** How a session is kept, and how it comes back when it is lost. */
import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { SessionState } from '../../../common/models.ts'
import { serverCertificate } from '../../../testing/certificates.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import type { ScriptedOptions, ScriptedSession } from '../../../testing/scripted-server.ts'
import { createSession, request, scripted, startServer, type TestSession } from './environment.ts'

const WAIT = { timeout: 10_000, interval: 10 }
/** A pause that does not pass within a test. */
const LONG = 3_600_000

/** PWD is the last command of a login. */
const HANGS_UP_AFTER_LOGIN: ScriptedOptions = {
  verbs: {
    PWD: (_argument, peer) => {
      peer.reply('257 "/" is where you are')
      peer.socket.end()
    },
  },
}

const waitFor = (probe: () => void): Promise<void> => vi.waitFor(probe, WAIT)

/** The states without what changes from run to run: names, steps, and whether there is a next try. */
const outline = (states: readonly SessionState[]): string[] =>
  states.map((state) => {
    if (state.state === 'connecting') return state.step
    if (state.state === 'lost') return state.retryAt === null ? 'lost' : 'lost, retrying'
    return state.state
  })

async function untilLost({ session }: TestSession): Promise<Extract<SessionState, { state: 'lost' }>> {
  await waitFor(() => expect(session.state.state).toBe('lost'))
  if (session.state.state !== 'lost') throw new Error('It came back meanwhile.')
  return session.state
}

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'care for a session on vsftpd', () => {
  test('an idle session is kept by NOOP', async () => {
    const server = await startServer()
    const { session } = await createSession({ timings: { keepAlive: 20 } })
    await session.connect(request(server))
    const noops = (): number => server.commands().filter((command) => command === 'NOOP').length
    await waitFor(() => expect(noops()).toBeGreaterThan(2))
    expect(session.state.state).toBe('connected')
  })

  test('a lost session comes back by itself, in the same folder, and tells its steps', async () => {
    const server = await startServer({ tls: 'explicit' })
    const care = await createSession({ answer: 'once', timings: { retryDelays: [50] } })
    const { session, folders, states } = care
    await mkdir(join(server.root, 'a/b'), { recursive: true })
    await session.connect(request(server, 'ftpes'))
    expect(folders.get().remote).toBe('/')
    folders.set('remote', '/a/b')
    const from = states.length
    server.cut()
    const steps = ['lost, retrying', 'Connecting', 'TLS handshake', 'Logging in', 'connected']
    await waitFor(() => expect(outline(states.slice(from))).toEqual(steps))
    expect(await session.run((client) => client.pwd())).toBe('/a/b')
    expect(folders.get().remote).toBe('/a/b')
  })

  test('a first login tells its steps too, and begins at home', async () => {
    const server = await startServer({ tls: 'implicit' })
    const { session, folders, states } = await createSession({ answer: 'once' })
    await session.connect(request(server, 'ftps'))
    expect(outline(states)).toEqual(['disconnected', 'Connecting', 'TLS handshake', 'Logging in', 'connected'])
    expect(folders.get().remote).toBe('/')
    await session.disconnect()
    expect(folders.get().remote).toBeNull()
  })

  test('a folder that is gone meanwhile leaves the session at home, and the log says so', async () => {
    const server = await startServer()
    const care = await createSession({ timings: { retryDelays: [LONG] } })
    const { session, folders, log } = care
    await mkdir(join(server.root, 'a'))
    await session.connect(request(server))
    folders.set('remote', '/a')
    server.cut()
    await untilLost(care)
    await rmdir(join(server.root, 'a'))
    const moves: string[] = []
    folders.onChange((_side, path) => moves.push(`${session.state.state} ${path}`))
    await session.reconnect()
    expect(folders.get().remote).toBe('/')
    expect(moves).toEqual(['connected /'])
    expect(log.lines().at(-1)?.text).toMatch(/^Cannot open the folder \/a: .* The session is back in \/\.$/)
  })

  test('a server that stays away is given up after the last pause', async () => {
    const server = await startServer()
    const care = await createSession({ timings: { retryDelays: [10, 20, 30] } })
    const { session, states } = care
    await session.connect(request(server))
    const from = states.length
    server.kill()
    await waitFor(() => expect(session.state).toMatchObject({ state: 'lost', retryAt: null }))
    const again = ['lost, retrying', 'Connecting']
    expect(outline(states.slice(from))).toEqual([...again, ...again, ...again, 'lost'])
    expect(session.state).toMatchObject({ error: { code: 'connect-failed' } })
  })

  test('a certificate that is not the demanded one ends a session before any password', async () => {
    const server = await startServer({ tls: 'explicit' })
    const demanded = { onlyFingerprint: server.fingerprint }
    const { session, connections } = await createSession({ answer: 'no', connections: demanded })
    await session.connect(request(server, 'ftpes'))
    const pooled = await connections.pool(session.endpoint).acquire()
    pooled.release()
    const other = await startServer({ tls: 'explicit', certificate: 'self-signed' })
    await expect(session.connect(request(other, 'ftpes'))).rejects.toMatchObject({ code: 'certificate-rejected' })
    expect(other.commands()).toEqual(['AUTH TLS'])
  })

  test('stopRetrying stops the countdown; an operation or reconnect() opens it at once', async () => {
    const server = await startServer()
    const care = await createSession({ timings: { retryDelays: [LONG] } })
    const { session } = care
    await session.connect(request(server))
    server.cut()
    const { retryAt } = await untilLost(care)
    expect(retryAt).toBeGreaterThan(Date.now() + LONG / 2)
    session.stopRetrying()
    expect(session.state).toMatchObject({ state: 'lost', retryAt: null, error: { code: 'connection-lost' } })
    expect(await session.run((client) => client.pwd())).toBe('/')
    server.cut()
    await untilLost(care)
    expect(await session.reconnect()).toMatchObject({ state: 'connected' })
    expect(await session.reconnect()).toMatchObject({ state: 'connected' })
  })
})

describeWith(['openssl'], 'care for a session on a bad server', () => {
  test('a server that hangs up after every login is called on as often as there are pauses, then no more', async () => {
    const server = await scripted(HANGS_UP_AFTER_LOGIN)
    const { session, states } = await createSession({ timings: { retryDelays: [10, 10, 10] } })
    await session.connect(request(server))
    await waitFor(() => expect(session.state).toMatchObject({ state: 'lost', retryAt: null }))
    expect(server.sessions).toHaveLength(4)
    expect(states.filter(({ state }) => state === 'connected')).toHaveLength(4)
  })

  test('a server that hangs up on every listing is not called on without end by a window that lists anew', async () => {
    const server = await scripted({ verbs: { STAT: (_argument, peer) => void peer.socket.destroy() } })
    const list = (test: TestSession): void => {
      test.session.run((client) => client.stat(), { again: () => true }).catch(() => undefined)
    }
    const care: TestSession = await createSession({
      timings: { retryDelays: [10, 10, 10] },
      onState: ({ state }) => {
        if (state === 'connected') queueMicrotask(() => list(care))
      },
    })
    await care.session.connect(request(server))
    await waitFor(() => expect(care.session.state).toMatchObject({ state: 'lost', retryAt: null }))
    // The first one, one at once, and one after each pause that is left.
    expect(server.sessions).toHaveLength(4)
  })

  test('a session that lived long enough begins with the first pause', async () => {
    const server = await scripted(HANGS_UP_AFTER_LOGIN)
    const { session } = await createSession({ timings: { retryDelays: [10], stableAfter: 0 } })
    await session.connect(request(server))
    await waitFor(() => expect(server.sessions.length).toBeGreaterThan(4))
  })

  test('a refused login is not tried again by itself', async () => {
    let logins = 0
    const server = await scripted({
      verbs: { PASS: (_argument, peer) => peer.reply(++logins === 1 ? '230 Welcome' : '530 Not any more') },
    })
    const care = await createSession({ timings: { retryDelays: [10, 10] } })
    await care.session.connect(request(server))
    server.sessions[0]?.socket.destroy()
    await waitFor(() =>
      expect(care.session.state).toMatchObject({ state: 'lost', retryAt: null, error: { code: 'login-refused' } }),
    )
    expect(server.sessions).toHaveLength(2)
  })

  test('a server that has lost its TLS, or shows another certificate, is not tried again by itself', async () => {
    const [first, second] = [serverCertificate('valid'), serverCertificate('self-signed')]
    const losses: [ScriptedOptions['tls'], string][] = [
      [undefined, 'tls-refused'],
      [second, 'certificate-rejected'],
    ]
    for (const [later, code] of losses) {
      let sessions = 0
      const server = await scripted({
        tls: first,
        verbs: {
          AUTH: (_argument, peer) => {
            if (++sessions > 1 && !later) return peer.reply('502 No TLS here')
            if (sessions > 1) Object.assign(peer.options, { tls: later })
            peer.reply('234 Go on')
            peer.startTls()
          },
        },
      })
      const connections = { onlyFingerprint: first.fingerprint }
      const care = await createSession({ timings: { retryDelays: [10, 10] }, connections })
      await care.session.connect(request(server, 'ftpes'))
      server.sessions[0]?.socket.destroy()
      await waitFor(() => expect(care.session.state).toMatchObject({ state: 'lost', retryAt: null, error: { code } }))
      expect(server.commands.filter((line) => line.startsWith('PASS'))).toHaveLength(1)
    }
  })

  test('a try under way is stopped as well, and the reason of the loss stays', async () => {
    let sessions = 0
    const silentLater = async (peer: ScriptedSession): Promise<void> => {
      if (++sessions > 1) return peer.closed()
      peer.reply('220 Hello')
      await peer.serve()
    }
    const server = await scripted({ script: silentLater })
    const care = await createSession({ timings: { retryDelays: [10, 10] } })
    await care.session.connect(request(server))
    server.sessions[0]?.socket.destroy()
    await waitFor(() => expect(server.sessions).toHaveLength(2))
    expect(care.session.state.state).toBe('connecting')
    care.session.stopRetrying()
    await waitFor(() =>
      expect(care.session.state).toMatchObject({ state: 'lost', retryAt: null, error: { code: 'connection-lost' } }),
    )
  })

  test('a NOOP that is answered by hanging up is a loss', async () => {
    const server = await scripted({ verbs: { NOOP: (_argument, peer) => void peer.socket.destroy() } })
    const care = await createSession({ timings: { keepAlive: 10, retryDelays: [LONG] } })
    await care.session.connect(request(server))
    expect(await untilLost(care)).toMatchObject({ error: { code: 'connection-lost' } })
  })

  test('a NOOP without an answer is a loss', async () => {
    const server = await scripted({ verbs: { NOOP: () => undefined } })
    const connections = { timeouts: { reply: 100 } }
    const care = await createSession({ timings: { keepAlive: 10, retryDelays: [LONG] }, connections })
    await care.session.connect(request(server))
    expect(await untilLost(care)).toMatchObject({ error: { code: 'timeout' } })
  })

  test('a server that does not know NOOP is asked again and again all the same', async () => {
    const server = await scripted({ verbs: { NOOP: '502 What?' } })
    const { session } = await createSession({ timings: { keepAlive: 10 } })
    await session.connect(request(server))
    await waitFor(() => expect(server.commands.filter((line) => line === 'NOOP').length).toBeGreaterThan(2))
    expect(session.state.state).toBe('connected')
  })
})
