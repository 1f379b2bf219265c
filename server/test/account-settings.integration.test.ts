import { expect, onTestFinished, test } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { startMariadb } from '../../testing/mariadb.ts'
import { makePlace, runServer, startServer, untilReady, type Place } from './sluice-server.ts'

const PASSWORD = 'correct horse'
const WITH_PASSWORD = { SLUICE_SERVER_PASSWORD: PASSWORD }

const EVERYTHING = [
  ...['--rights', 'list,read,Append', '--home-shown', 'yes', '--quota', '2G', '--quota-files', '1000'],
  ...['--upload-rate', '512K', '--download-rate', '1M'],
]
const ALL_SET = {
  role: 'custom',
  rights: ['list', 'read', 'append'],
  homeShown: true,
  quotaBytes: 2 * 1024 ** 3,
  quotaFiles: 1000,
  uploadRate: 512 * 1024,
  downloadRate: 1024 ** 2,
  enabled: true,
}
const NO_LIMITS = { quotaBytes: null, quotaFiles: null, uploadRate: null, downloadRate: null }
const noLimits = ['quota', 'quota-files', 'upload-rate', 'download-rate'].flatMap((name) => [`--${name}`, 'none'])

async function listed(place: Place, env: Record<string, string> = {}): Promise<unknown> {
  const { stdout } = await runServer(['user', 'list', '--json'], place, env)
  return JSON.parse(stdout)
}

test('a new account gets everything that the flags say, and the list shows it', async () => {
  const place = makePlace()
  const add = ['user', 'add', 'eve', '--root', place.root, ...EVERYTHING]
  expect(await runServer(add, place, WITH_PASSWORD)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `Added eve (list+read+append), folder ${place.root}.\n`,
  })
  expect(await listed(place)).toMatchObject({ name: 'eve', root: place.root, ...ALL_SET })
  const { stdout } = await runServer(['user', 'list'], place)
  for (const words of ['list+read+append', '2.1 GB', '1,000 files', 'up 524.3 kB/s', 'down 1.0 MB/s', 'home shown']) {
    expect(stdout).toContain(words)
  }
})

test('an account is changed in what is said, and in nothing else', async () => {
  const place = makePlace()
  await runServer(['user', 'add', 'eve', '--root', place.root, ...EVERYTHING], place, WITH_PASSWORD)
  const set = (...args: string[]) => runServer(['user', 'set', 'eve', ...args], place)
  expect(await set('--quota', 'none')).toMatchObject({ code: 0, stderr: '', stdout: 'Changed eve: quota none.\n' })
  expect(await listed(place)).toMatchObject({ ...ALL_SET, quotaBytes: null })
  expect(await set('--role', 'writer', '--home-shown', 'no', '--root', place.base, ...noLimits)).toMatchObject({
    code: 0,
  })
  expect(await listed(place)).toMatchObject({ role: 'writer', root: place.base, homeShown: false, ...NO_LIMITS })
  const audit = await runServer(['audit', '--json', '--kind', 'account-changed'], place)
  expect(audit.stdout).toContain('eve: quota none')
})

test.each([
  { args: ['set', 'eve'], says: /Say what to change: --role, --rights, --root/ },
  { args: ['set', 'eve', '--role', 'custom'], says: /--rights/ },
  { args: ['set', 'eve', '--rights', 'list,fly'], says: /--rights takes list, read, .* not "fly"/ },
  { args: ['set', 'eve', '--root', '/not/there'], says: /\/not\/there cannot be shared/ },
  { args: ['set', 'eve', '--password-file', 'x'], says: /user passwd/ },
  { args: ['set', 'bob', '--quota', 'none'], code: 3, says: /no account bob/ },
  { args: ['disable', 'eve', '--quota', '1G'], says: /--quota goes with user add and user set/ },
])('user $args is refused with the reason and changes nothing', async ({ args, code = 2, says }) => {
  const place = makePlace()
  await runServer(['user', 'add', 'eve', '--root', place.root], place, WITH_PASSWORD)
  const before = await listed(place)
  const ended = await runServer(['user', ...args], place)
  expect(ended.stderr).toMatch(says)
  expect(ended.code).toBe(code)
  expect(await listed(place)).toEqual(before)
})

test('a server that runs ends the sessions of an account whose rights shrink, and leaves others', async () => {
  const place = makePlace()
  for (const name of ['eve', 'ann']) {
    await runServer(['user', 'add', name, '--root', place.root, '--role', 'writer'], place, WITH_PASSWORD)
  }
  const args = ['--listen', '127.0.0.1:0', '--root', place.root, '--no-scan', '--plain-ok']
  const port = await untilReady(startServer(args, place))
  const logIn = async (name: string): Promise<ControlClient> => {
    const client = await ControlClient.connect('127.0.0.1', port)
    onTestFinished(() => client.destroy())
    await client.reply()
    await client.command(`USER ${name}`)
    expect(await client.command(`PASS ${PASSWORD}`)).toMatchObject({ code: 230 })
    return client
  }
  const [eve, ann] = [await logIn('eve'), await logIn('ann')]
  const fewer = ['--rights', 'list,read']
  expect(await runServer(['user', 'set', 'eve', ...fewer], place)).toMatchObject({ code: 0 })
  expect(await runServer(['user', 'set', 'ann', '--quota', '1G'], place)).toMatchObject({ code: 0 })
  await eve.closed()
  expect(await ann.command('NOOP')).toMatchObject({ code: 200 })
  const again = await logIn('eve')
  expect(await again.command('MKD new')).toMatchObject({ code: 550 })
}, 30_000)

describeWith(['mariadb'], 'in MariaDB', () => {
  test('an account is made and changed', async () => {
    const place = makePlace()
    const mariadb = await startMariadb()
    onTestFinished(async () => await mariadb.stop())
    const env = { SLUICE_SERVER_DB: mariadb.newDatabase() }
    const add = ['user', 'add', 'eve', '--root', place.root, '--role', 'writer']
    expect(await runServer(add, place, { ...env, ...WITH_PASSWORD })).toMatchObject({ code: 0 })
    expect(await runServer(['user', 'set', 'eve', ...EVERYTHING], place, env)).toMatchObject({ code: 0, stderr: '' })
    expect(await listed(place, env)).toMatchObject({ root: place.root, ...ALL_SET })
    expect(await runServer(['user', 'set', 'eve', ...noLimits], place, env)).toMatchObject({ code: 0 })
    expect(await listed(place, env)).toMatchObject({ ...ALL_SET, ...NO_LIMITS })
  }, 120_000)
})
