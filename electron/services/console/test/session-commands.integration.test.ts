/** Session commands against a real vsftpd. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { COMMANDS } from '../../../../common/commands.ts'
import { SluiceError } from '../../../../common/errors.ts'
import { describeWith } from '../../../../testing/describe-with.ts'
import { startScriptedServer } from '../../../../testing/scripted-server.ts'
import { createConsole, type ConsoleIo } from '../index.ts'
import { recorder, startConsoleWorld, type ConsoleWorld, type ConsoleWorldOptions } from './console-environment.ts'

const start = (o: ConsoleWorldOptions = {}): Promise<ConsoleWorld> => startConsoleWorld({ scanner: false, ...o })

/** One console for several lines, as a person has it. */
function oneConsole({ host }: ConsoleWorld, answers: readonly string[] = []) {
  const waiting = [...answers]
  const io = recorder(({ text }) => waiting.shift() ?? Promise.reject(new Error(`Nobody expected "${text}".`)))
  const console = createConsole(host, io)
  return { console, io, run: (line: string) => console.run(line, new AbortController().signal) }
}

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'session commands on vsftpd', () => {
  test('several commands of one line run until one fails, and are recalled as one', async () => {
    const { console, io, run } = oneConsole(await start())
    expect(await run('binary; cd nowhere; ascii')).toEqual({ outcome: 'refused', quit: false })
    expect(io.lines()).toEqual(['Every file is transferred byte for byte.', expect.stringContaining('/nowhere')])
    expect(await run('auto; quit; ls')).toEqual({ outcome: 'ok', quit: true })
    expect(console.history()).toEqual(['binary; cd nowhere; ascii', 'auto; quit; ls'])
  })

  test('open asks for user and hidden password, and the prompt tells where one is', async () => {
    const world = await start({ connected: false })
    const { server, host } = world
    const { console, io, run } = oneConsole(world, [server.user, server.password])
    expect(console.prompt()).toBe('sluice> ')
    expect(await run(`open ${server.host} ${server.port}`)).toEqual({ outcome: 'ok', quit: false })
    expect(io.questions).toEqual([
      { text: 'User at 127.0.0.1 (nothing for anonymous): ', hidden: false },
      { text: 'Password of sluice at 127.0.0.1: ', hidden: true },
    ])
    expect(io.lines()).toEqual([
      'NOT ENCRYPTED: password and files can be read on the way to 127.0.0.1.',
      'Logged in to 127.0.0.1 as sluice, not encrypted, UNIX Type: L8.',
    ])
    expect(io.data()).toMatchObject([{ session: 'connected', protocol: 'ftp', user: 'sluice', tls: null, home: '/' }])
    expect(console.prompt()).toBe('127.0.0.1:/> ')
    expect(host.session.state.state).toBe('connected')
  })

  test('an address brings user, password and folder along; its password is shown, kept and logged nowhere', async () => {
    const world = await start({ connected: false })
    const { server, host, core } = world
    await mkdir(join(server.root, 'pub/deep'), { recursive: true })
    const { console, io, run } = oneConsole(world)
    console.memory.verbose = true
    const line = `open ftp://${server.user}:${server.password}@${server.host}:${server.port}/pub/deep`
    expect(await run(line)).toMatchObject({ outcome: 'ok' })
    expect(io.questions).toEqual([])
    expect(io.lines()).toContain('A password in an address can be seen by others: leave it out, it is asked for.')
    expect(host.folders.get().remote).toBe('/pub/deep')
    expect(console.prompt()).toBe('127.0.0.1:/pub/deep> ')
    expect(console.history()).toEqual([`open ftp://sluice@127.0.0.1:${server.port}/pub/deep`])
    const everything = JSON.stringify([io.outputs, console.history(), core.log.lines()])
    expect(everything).toContain('>>> PASS ****')
    expect(everything).not.toContain(server.password)
  })

  test('a login that fails is an error with the reply, asks nothing again and repeats no password', async () => {
    const world = await start({ connected: false })
    const { io, run } = oneConsole(world, ['sluice', 'a wrong password'])
    const { server } = world
    expect(await run(`open ${server.host} ${server.port}`)).toEqual({ outcome: 'refused', quit: false })
    expect(io.questions).toHaveLength(2)
    expect(io.data()).toMatchObject([{ error: { code: 'login-refused', reply: { code: 530 } }, command: 'open' }])
    expect(JSON.stringify(io.outputs)).not.toContain('a wrong password')
  })

  test('what is known without asking is not asked', async () => {
    const world = await start({ connected: false })
    const { server } = world
    const asked: unknown[] = []
    world.host.credentials = (host, user) => {
      asked.push([host, user])
      return Promise.resolve({ user: server.user, password: server.password })
    }
    const { io, run } = oneConsole(world)
    expect(await run(`open ${server.host}:${server.port}`)).toMatchObject({ outcome: 'ok' })
    expect(await run('user sluice')).toMatchObject({ outcome: 'ok' })
    expect(asked).toEqual([
      ['127.0.0.1', null],
      ['127.0.0.1', 'sluice'],
    ])
    expect(io.questions).toEqual([])
  })

  test('a password that is known for a name is not asked for once the name was typed', async () => {
    const world = await start({ connected: false })
    const { server } = world
    world.host.credentials = (_, user) => Promise.resolve(user === null ? null : { user, password: server.password })
    const { io, run } = oneConsole(world, [server.user])
    expect(await run(`open ${server.host}:${server.port}`)).toMatchObject({ outcome: 'ok' })
    expect(io.questions).toHaveLength(1)
  })

  test('nothing waits for an answer where nobody is', async () => {
    const world = await start({ connected: false })
    const { server } = world
    expect(await world.run(`open ${server.host} ${server.port}`)).toMatchObject({
      outcome: 'failed',
      data: [{ error: { code: 'needs-answer' }, command: 'open' }],
    })
    expect(await world.run('scan off')).toMatchObject({
      outcome: 'failed',
      lines: [expect.stringContaining('--no-scan')],
    })
    expect(world.core.gate.policy()).toEqual({ upload: true, download: true })
  })

  test('nobody in particular logs in as anonymous', async () => {
    const world = await start({ connected: false, vsftpd: { config: { anonymous_enable: 'YES' } } })
    const { server } = world
    const ran = await world.run(`open ${server.host} ${server.port}`, { answers: [''] })
    expect(ran.asked).toHaveLength(1)
    expect(server.commands()).toContain('USER anonymous')
  })

  test('opening while a session is open closes that one first, also for another account', async () => {
    const users = [
      { name: 'one', password: 'first password' },
      { name: 'two', password: 'second password' },
    ]
    const world = await start({ vsftpd: { users } })
    const { server, host } = world
    const again = await world.run(`open ftp://one@${server.host}:${server.port}`, { answers: ['first password'] })
    expect(again).toMatchObject({ outcome: 'ok' })
    expect(again.lines).toContain('Closing the session with 127.0.0.1.')
    const other = await world.run('user two', { answers: ['second password'] })
    expect(other).toMatchObject({ outcome: 'ok', asked: ['Password of two at 127.0.0.1: '] })
    expect(host.session.endpoint.user).toBe('two')
    expect(await world.run('close')).toMatchObject({ outcome: 'ok', lines: ['Closed the session with 127.0.0.1.'] })
    expect(await world.run('disconnect')).toMatchObject({ outcome: 'ok', lines: ['Not connected.'] })
    expect(await world.run('user two')).toMatchObject({
      outcome: 'unreachable',
      data: [{ error: { code: 'not-connected' } }],
    })
  })

  test('TLS is used, named and described by status', async () => {
    const trusting = (): Promise<never> => Promise.resolve({ kind: 'certificate', answer: 'once' } as never)
    const world = await start({ connected: false, vsftpd: { tls: 'explicit' }, ask: trusting })
    const { server, host } = world
    host.defaultProtocol = 'ftpes'
    const ran = await world.run(`open ${server.user}@${server.host} ${server.port}`, { answers: [server.password] })
    expect(ran.lines).toEqual([expect.stringMatching(/^Logged in to 127\.0\.0\.1 as sluice, TLSv1\.[23], UNIX/)])
    const status = await world.run('status')
    expect(status.lines).toEqual(
      expect.arrayContaining([
        'Session           Logged in',
        expect.stringMatching(/^Server {12}127\.0\.0\.1:\d+$/),
        expect.stringMatching(/^TLS {15}TLSv1\.\d$/),
        `SHA-256           ${server.fingerprint}`,
        'Transfer type     Auto: text files as text',
        'Data connections  Passive',
        'Remote folder     /',
        `Local folder      ${world.local}`,
        'Scanned           Uploads and downloads',
        'The server says:',
        expect.stringContaining('vsFTPd'),
      ]),
    )
    expect(status.data).toMatchObject([{ session: { state: 'connected' }, tls: { fingerprint: server.fingerprint } }])
  })

  test('status without a session', async () => {
    const world = await start({ connected: false })
    const { lines } = await world.run('status')
    expect(lines[0]).toBe('Session           Not connected')
    expect(lines).toContain('Remote folder     none')
  })

  test('modes are the settings, and are told', async () => {
    const world = await start({ connected: false })
    const { settings, gate } = world.core
    const modes = () => {
      const { transferType, dataMode, confirmSeveral } = settings.get()
      return [transferType, dataMode, confirmSeveral]
    }
    for (const line of ['ascii', 'passive', 'prompt off'])
      expect(await world.run(line)).toMatchObject({ outcome: 'ok' })
    expect(modes()).toEqual(['ascii', 'active', false])
    for (const line of ['image', 'passive ON', 'prompt']) await world.run(line)
    expect(modes()).toEqual(['binary', 'passive', true])
    expect((await world.run('auto')).data).toEqual([{ transferType: 'auto' }])
    expect((await world.run('verbose')).data).toEqual([{ verbose: true }])
    expect((await world.run('scan')).lines).toEqual(['Uploads and downloads are scanned.'])
    expect(await world.run('scan off', { answers: ['n'] })).toMatchObject({ outcome: 'cancelled' })
    expect(gate.policy()).toEqual({ upload: true, download: true })
  })

  test('scanning goes off loudly, by a yes only, and on at once', async () => {
    const world = await start()
    const { gate } = world.core
    const { console, io, run } = oneConsole(world, ['y', 'y'])
    await run('scan off up')
    expect(gate.policy()).toEqual({ upload: false, download: true })
    expect(console.prompt()).toBe('[UPLOADS NOT SCANNED] 127.0.0.1:/> ')
    expect(io.lines()[0]).toBe('WARNING: uploads would not be scanned; infected files would pass unseen.')
    await run('scan off down')
    expect(gate.policy()).toEqual({ upload: false, download: false })
    expect(console.prompt()).toBe('[UPLOADS AND DOWNLOADS NOT SCANNED] 127.0.0.1:/> ')
    await run('scan on up')
    expect(console.prompt()).toBe('[DOWNLOADS NOT SCANNED] 127.0.0.1:/> ')
    await run('scan on')
    expect(console.prompt()).toBe('127.0.0.1:/> ')
    expect(io.outputs.at(-1)).toEqual({
      lines: [{ text: 'Uploads and downloads are scanned.', tone: 'good' }],
      data: [{ scan: { upload: true, download: true } }],
    })
  })

  test('verbose shows commands and replies of that command alone', async () => {
    const world = await start()
    const { io, run } = oneConsole(world)
    await run('quote NOOP')
    expect(io.lines()).toEqual(['200 NOOP ok.'])
    await run('verbose on')
    io.clear()
    await run('quote NOOP')
    expect(io.outputs.flatMap(({ lines }) => lines)).toEqual([
      { tone: 'sent', text: '>>> NOOP' },
      { tone: 'reply', text: '200 NOOP ok.' },
      { tone: 'reply', text: '200 NOOP ok.' },
    ])
    io.clear()
    await world.core.session.run((client) => client.noop())
    expect(io.outputs).toEqual([])
  })

  test('raw commands start in the folder of the console, and may leave it', async () => {
    const world = await start()
    const { server, host } = world
    await mkdir(join(server.root, 'sub/deep'), { recursive: true })
    await writeFile(join(server.root, 'sub/a b.txt'), 'x')
    host.folders.set('remote', '/sub')
    expect(await world.run('quote SIZE a b.txt')).toMatchObject({ lines: ['213 1'], data: [{ code: 213, text: '1' }] })
    expect(await world.run('quote "DELE a b.txt"')).toMatchObject({ outcome: 'ok' })
    expect(world.changed).toEqual(['remote /sub'])
    expect(await world.run('raw CWD deep')).toMatchObject({ outcome: 'ok' })
    expect(host.folders.get().remote).toBe('/sub/deep')
    expect((await world.run('quote PWD')).lines).toEqual([expect.stringContaining('"/sub/deep"')])
    expect((await world.run('quote HELP')).lines.length).toBeGreaterThan(2)
  })

  test('a refusal to a raw command is an outcome, and what would break the session is not sent', async () => {
    const world = await start()
    const { console, io, run } = oneConsole(world)
    expect(await run('quote DELE nothing')).toEqual({ outcome: 'refused', quit: false })
    expect(io.outputs).toEqual([
      { lines: [expect.objectContaining({ tone: 'reply' })], data: [expect.objectContaining({ code: 550 })] },
    ])
    const before = world.server.commands().length
    expect(await run('quote PASS very-secret')).toMatchObject({ outcome: 'usage' })
    expect(await run('quote "NOOP\r\nDELE x"')).toMatchObject({ outcome: 'usage' })
    expect(new Set(world.server.commands().slice(before))).toEqual(new Set(['PWD']))
    expect(JSON.stringify([io.outputs, console.history()])).not.toContain('very-secret')
  })

  test('without a session a command that needs one says what to do; with a lost one it opens it again', async () => {
    const none = await start({ connected: false })
    expect(await none.run('quote NOOP')).toMatchObject({
      outcome: 'unreachable',
      lines: ['quote needs a session: connect with "open <host>" first.'],
    })
    const world = await start()
    world.server.cut()
    await vi.waitFor(() => expect(world.host.session.state.state).toBe('lost'))
    expect(oneConsole(world).console.prompt()).toBe('127.0.0.1:/ (lost)> ')
    expect(await world.run('quote NOOP')).toMatchObject({ outcome: 'ok' })
  })

  test('history, help, ! and quit', async () => {
    const world = await start()
    const { console, io, run } = oneConsole(world)
    console.useHistory(['ls', 'open ftp://a:secret@b'])
    await run('history')
    expect(io.lines()).toEqual(['1  ls', '2  open ftp://a@b', '3  history'])
    expect(await world.run('! rm -rf /')).toMatchObject({
      outcome: 'usage',
      lines: [expect.stringMatching(/not run from here/)],
    })
    expect(await world.run('bye')).toEqual({ outcome: 'ok', quit: true, lines: [], data: [], asked: [] })
    const all = (await world.run('help')).lines
    for (const title of ['Files and folders', 'Transfers', 'Session']) expect(all).toContain(title)
    for (const { name, summary } of COMMANDS)
      expect(all.filter((text) => text.startsWith(`  ${name}`) && text.endsWith(summary))).toHaveLength(1)
    expect((await world.run('? rmdir')).lines).toEqual([
      'rmdir [-r] [-f] <folder…>',
      '  Remove a folder from the server.',
      '  With -r it first lists what would go, and asks.',
      '  -r  with all that is in it',
      '  -f  without asking',
    ])
    expect((await world.run('help send')).lines).toContain('  Also: send')
    expect(await world.run('help nothing')).toMatchObject({ outcome: 'usage' })
  })

  test('a cancel ends what waits for a server, and the console goes on', async () => {
    const world = await start({ connected: false })
    const scripted = await startScriptedServer({ verbs: { NOOP: () => undefined } })
    onTestFinished(() => scripted.stop())
    const silent = await startScriptedServer({ greeting: null })
    onTestFinished(() => silent.stop())
    const { io, console, run } = oneConsole(world)
    const cancelled = async (line: string, waiting: () => boolean) => {
      io.clear()
      const stop = new AbortController()
      const running = console.run(line, stop.signal)
      await vi.waitFor(() => expect(waiting()).toBe(true))
      stop.abort()
      expect(await running).toEqual({ outcome: 'cancelled', quit: false })
      expect(io.outputs.at(-1)).toMatchObject({
        lines: [{ text: 'Cancelled.', tone: 'warn' }],
        data: [{ error: { code: 'cancelled' } }],
      })
    }
    await cancelled(`open ftp://a:b@127.0.0.1:${silent.port}`, () => silent.sessions.length === 1)
    expect(world.host.session.state.state).toBe('disconnected')
    expect(await run(`open ftp://a:b@127.0.0.1:${scripted.port}`)).toMatchObject({ outcome: 'ok' })
    await cancelled('quote NOOP', () => scripted.commands.includes('NOOP'))
    expect(await run('scan')).toMatchObject({ outcome: 'ok' })
  })

  test('a cancel takes the question along', async () => {
    const world = await start({ connected: false })
    const stop = new AbortController()
    const asked = vi.fn()
    const io: ConsoleIo = {
      ...recorder(() => ''),
      ask: (question, signal) => {
        asked(question)
        const { promise, reject } = Promise.withResolvers<string>()
        signal.addEventListener('abort', () => reject(new SluiceError('cancelled', 'Cancelled.')))
        return promise
      },
    }
    const running = createConsole(world.host, io).run('open example.org', stop.signal)
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce())
    stop.abort()
    expect(await running).toEqual({ outcome: 'cancelled', quit: false })
  })

  test('what breaks because of a cancel is no failure', async () => {
    const world = await start({ connected: false })
    const stop = new AbortController()
    world.host.status = ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(new SluiceError('connection-lost', 'Gone.')))
      queueMicrotask(() => stop.abort())
      return promise
    }
    expect(await world.run('status', { signal: stop.signal })).toMatchObject({
      outcome: 'cancelled',
      lines: ['Cancelled.'],
      data: [{ error: { code: 'cancelled' }, command: 'status' }],
    })
  })

  test('a command that does not heed its cancel is left behind after some seconds, and heard no more', async () => {
    const world = await start({ connected: false })
    const { io, console, run } = oneConsole(world)
    const report = await world.host.status({ signal: new AbortController().signal })
    const late = Promise.withResolvers<typeof report>()
    world.host.status = () => late.promise
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const stop = new AbortController()
    const running = console.run('status', stop.signal)
    expect(await run('scan')).toEqual({ outcome: 'usage', quit: false })
    stop.abort()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await running).toEqual({ outcome: 'cancelled', quit: false })
    io.clear()
    late.resolve(report)
    await vi.advanceTimersByTimeAsync(1)
    expect(io.outputs).toEqual([])
    expect(await run('scan')).toEqual({ outcome: 'ok', quit: false })
  })
})
