/** Accounts that a server makes for whoever asks. */
import { expect, test, vi } from 'vitest'
import { serverCertificate } from '../../../testing/certificates.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import type { ScriptedOptions } from '../../../testing/scripted-server.ts'
import { connectTo, conversation, optionsFor, scripted } from './connect.ts'
import { FtpClient, type FtpLine } from '../index.ts'

const OFFERING = ['UTF8', 'AUTH TLS', 'PBSZ', 'PROT', 'SITE CHMOD', 'SITE SIGNUP']
const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })

test('never over plain FTP: nothing is said to the server', async () => {
  const server = await scripted({ features: OFFERING })
  await expect(connectTo(server, { signUp: true })).rejects.toEqual(failsWith('tls-refused'))
  expect(server.commands).toEqual([])
})

test('a refused login over plain FTP does not ask for the offer, which could not be taken', async () => {
  const offered = vi.fn()
  const server = await scripted({ features: OFFERING, verbs: { PASS: '530 No' } })
  await expect(connectTo(server, { onSignUpOffered: offered })).rejects.toEqual(failsWith('login-refused'))
  expect(offered).not.toHaveBeenCalled()
  expect(server.commands).toEqual(['USER me', 'PASS geheim'])
})

describeWith(['openssl'], 'over TLS', () => {
  const trusted = () => ({ protocol: 'ftpes', ca: serverCertificate('valid').ca }) as const
  const secure = (o: ScriptedOptions = {}) => scripted({ tls: serverCertificate('valid'), features: OFFERING, ...o })

  test('the account is made, then logged in to on the same connection; the password is not shown', async () => {
    const { server, lines, client } = await conversation(
      {
        tls: serverCertificate('valid'),
        features: OFFERING,
        verbs: { SITE: '200 Welcome among us' },
      },
      { ...trusted(), signUp: true },
    )
    expect(client.home).toBe('/')
    expect(server.sessions).toHaveLength(1)
    expect(server.commands.slice(0, 5)).toEqual(['AUTH TLS', 'FEAT', 'SITE SIGNUP me geheim', 'USER me', 'PASS geheim'])
    expect(lines.map(({ text }) => text)).toContain('SITE SIGNUP me ****')
    expect(JSON.stringify(lines)).not.toContain('geheim')
  })

  test.each([[['UTF8', 'SITE CHMOD']], [[]]])(
    'a server that does not offer it gets no password: %j',
    async (features) => {
      const server = await secure({ features })
      await expect(connectTo(server, { ...trusted(), signUp: true })).rejects.toEqual(failsWith('unsupported'))
      expect(server.commands).toEqual(['AUTH TLS', 'FEAT'])
    },
  )

  test('a server without FEAT gets no password either', async () => {
    const server = await secure({ verbs: { FEAT: '502 What?' } })
    await expect(connectTo(server, { ...trusted(), signUp: true })).rejects.toEqual(failsWith('unsupported'))
    expect(server.commands).toEqual(['AUTH TLS', 'FEAT'])
  })

  test.each([
    ['553 That name is taken', 'name-refused'],
    ['550 Too many accounts today', 'ftp-refused'],
    ['502 Not any more', 'ftp-refused'],
    ['421 Enough', 'connection-lost'],
    ['331 Password, please', 'ftp-refused'],
  ])('the answer %s: no login, and the offer stands', async (answer, code) => {
    const offered = vi.fn()
    const server = await secure({ verbs: { SITE: answer } })
    const connecting = connectTo(server, { ...trusted(), signUp: true, onSignUpOffered: offered })
    await expect(connecting).rejects.toEqual(failsWith(code))
    await expect(connecting).rejects.toThrow(answer)
    await expect(connecting).rejects.not.toThrow(/geheim/)
    expect(server.commands.filter((command) => /^(USER|PASS)/.test(command))).toEqual([])
    expect(offered).toHaveBeenCalledOnce()
  })

  test('a name with a space would move the border between name and password', async () => {
    const server = await secure()
    const options = optionsFor(server, { ...trusted(), signUp: true })
    const connecting = FtpClient.connect({ ...options, endpoint: { ...options.endpoint, user: 'me too' } })
    await expect(connecting).rejects.toEqual(failsWith('bad-argument'))
    expect(server.commands).toEqual(['AUTH TLS'])
  })

  test('a line break in the password is refused and shown nowhere', async () => {
    const server = await secure()
    const lines: FtpLine[] = []
    const connecting = connectTo(server, {
      ...trusted(),
      signUp: true,
      password: 'geheim\r\nDELE x',
      onLine: (line) => lines.push(line),
    })
    await expect(connecting).rejects.toEqual(failsWith('illegal-characters'))
    await expect(connecting).rejects.not.toThrow(/geheim/)
    expect(server.commands).toEqual(['AUTH TLS', 'FEAT'])
    expect(JSON.stringify(lines)).not.toContain('geheim')
  })

  test('after a refused login the server is asked whether it makes accounts', async () => {
    const offered = vi.fn()
    const server = await secure({ verbs: { PASS: '530 No' } })
    const connecting = connectTo(server, { ...trusted(), onSignUpOffered: offered })
    await expect(connecting).rejects.toEqual(failsWith('login-refused'))
    expect(offered).toHaveBeenCalledOnce()
    expect(server.commands).toEqual(['AUTH TLS', 'USER me', 'PASS geheim', 'FEAT'])
  })

  test.each([
    ['does not offer it', { features: ['UTF8'] }],
    ['does not know FEAT', { verbs: { FEAT: '502 What?' } }],
    ['answers rubbish', { verbs: { FEAT: 'rubbish' } }],
    ['hangs up', { verbs: { FEAT: (_argument, session) => void session.socket.destroy() } }],
  ] satisfies [string, ScriptedOptions][])('a server that then %s: the refusal is told all the same', async (_, o) => {
    const offered = vi.fn()
    const server = await secure({ ...o, verbs: { PASS: '530 No', ...('verbs' in o ? o.verbs : {}) } })
    const connecting = connectTo(server, { ...trusted(), onSignUpOffered: offered })
    await expect(connecting).rejects.toEqual(failsWith('login-refused'))
    expect(offered).not.toHaveBeenCalled()
  })

  test('a server that then says nothing keeps nobody waiting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const asked = Promise.withResolvers<void>()
      const server = await secure({ verbs: { PASS: '530 No', FEAT: () => asked.resolve() } })
      const failure = connectTo(server, { ...trusted(), onSignUpOffered: vi.fn() }).catch((error: unknown) => error)
      await asked.promise
      await vi.advanceTimersByTimeAsync(3_000)
      expect(await failure).toEqual(failsWith('login-refused'))
    } finally {
      vi.useRealTimers()
    }
  })

  test('other refusals of a login do not ask', async () => {
    const offered = vi.fn()
    const server = await secure({ verbs: { PASS: '421 Too many users' } })
    await expect(connectTo(server, { ...trusted(), onSignUpOffered: offered })).rejects.toEqual(
      failsWith('connection-lost'),
    )
    expect(server.commands).not.toContain('FEAT')
  })
})
