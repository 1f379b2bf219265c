/** A session that begins with a new account. */
import { expect, test } from 'vitest'
import { serverCertificate } from '../../../testing/certificates.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { createSession, request, scripted } from './environment.ts'

const features = ['UTF8', 'AUTH TLS', 'SITE SIGNUP']

describeWith(['openssl'], 'signing up', () => {
  test('a refused login says that an account can be made, which then works; a later login asks for nothing', async () => {
    const made = new Map<string, string>()
    let user = ''
    const server = await scripted({
      tls: serverCertificate('valid'),
      features,
      verbs: {
        USER: (name, session) => {
          user = name
          session.reply('331 Password, please')
        },
        PASS: (password, session) => session.reply(made.get(user) === password ? '230 Welcome' : '530 Who are you?'),
        SITE: (argument, session) => {
          const [, name = '', password = ''] = argument.split(' ')
          made.set(name, password)
          session.reply('200 Made')
        },
      },
    })
    const { session, states, log } = await createSession({ answer: 'once' })
    const me = request(server, 'ftpes')
    await expect(session.connect(me)).rejects.toMatchObject({ code: 'login-refused' })
    expect(session.state).toMatchObject({ state: 'disconnected', error: { code: 'login-refused' }, signUp: true })

    expect(await session.signUp(me)).toMatchObject({ state: 'connected', endpoint: { user: 'me' } })
    expect(states.filter(({ state }) => state === 'connecting')).toContainEqual(
      expect.objectContaining({ step: 'Creating the account' }),
    )
    expect(await session.connect(me)).toMatchObject({ state: 'connected' })
    expect(server.commands.filter((command) => command.startsWith('SITE'))).toEqual(['SITE SIGNUP me geheim'])
    expect(JSON.stringify(log.lines())).not.toContain('geheim')
  })

  test('a name that is taken leaves the offer open', async () => {
    const server = await scripted({
      tls: serverCertificate('valid'),
      features,
      verbs: { SITE: '553 That name is taken' },
    })
    const { session } = await createSession({ answer: 'once' })
    await expect(session.signUp(request(server, 'ftpes'))).rejects.toMatchObject({ code: 'name-refused' })
    expect(session.state).toMatchObject({ state: 'disconnected', error: { code: 'name-refused' }, signUp: true })
  })

  test('a server that makes no accounts: the refused login says nothing of one', async () => {
    const server = await scripted({ tls: serverCertificate('valid'), verbs: { PASS: '530 No' } })
    const { session } = await createSession({ answer: 'once' })
    await expect(session.connect(request(server, 'ftpes'))).rejects.toMatchObject({ code: 'login-refused' })
    expect(session.state).not.toHaveProperty('signUp')
  })
})

test('over plain FTP it is refused in the state too', async () => {
  const server = await scripted({ features })
  const { session } = await createSession()
  await expect(session.signUp(request(server))).rejects.toMatchObject({ code: 'tls-refused' })
  expect(session.state).toMatchObject({ state: 'disconnected', error: { code: 'tls-refused' } })
  expect(server.commands).toEqual([])
})
