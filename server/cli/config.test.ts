import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shareConfigSchema, type ShareConfig } from '../../common/share.ts'
import { applyFlags, readConfig } from './config.ts'
import { parseCommandLine } from './flags.ts'

function configFile(content: unknown): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-config-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'server.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const read = (content: unknown): Promise<ShareConfig> => readConfig(parseCommandLine(['--config', configFile(content)]))
const flags = (args: string[], config: object = {}): ShareConfig =>
  applyFlags(shareConfigSchema.parse(config), parseCommandLine(args))

test.each([
  [{ idle: 3 }, 'idle is not known.'],
  [{ limits: { idleSecond: 3, x: 1 } }, 'limits.idleSecond is not known; limits.x is not known.'],
  [{ limits: { idleSeconds: 0 } }, 'limits.idleSeconds: '],
  [{ port: 70_000 }, 'port: '],
  [{ port: '21' }, 'port: '],
  [{ tls: { mode: 'maybe' } }, 'tls.mode: '],
  [{ passive: { from: 5000, to: 4000 } }, 'passive: The range of passive ports is upside down.'],
  [{ greeting: 'a\r\nb' }, 'greeting: '],
  [[], 'Invalid input'],
  ['{"port": 21', 'is no JSON: '],
])('%j is refused, and the key named', async (content, says) => {
  await expect(read(content)).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringContaining(says) })
})

test('a file that is not there is named', async () => {
  const line = parseCommandLine(['--config', '/not/there.json'])
  await expect(readConfig(line)).rejects.toThrow('/not/there.json cannot be read')
})

test('without a file everything has its safe value', async () => {
  const config = await readConfig(parseCommandLine([]))
  expect(config).toMatchObject({
    host: '127.0.0.1',
    tls: { mode: 'required' },
    scan: true,
    anonymous: { enabled: false },
  })
})

test('paths in a file mean its own folder', async () => {
  const file = configFile({ root: 'files', tls: { certificateFile: '/abs/c.pem', keyFile: '../k.pem' } })
  const config = await readConfig(parseCommandLine(['--config', file]))
  const folder = path.dirname(file)
  expect(config.root).toBe(path.join(folder, 'files'))
  expect(config.tls).toMatchObject({ certificateFile: '/abs/c.pem', keyFile: path.join(folder, '../k.pem') })
  expect(config.anonymous.root).toBe('')
})

test('flags win over the file', () => {
  const before = { port: 21, root: '/old', passive: { from: 1024, to: 2048 }, signUp: { role: 'reader' } }
  const args = ['--listen', '[::1]:2222', '--implicit-port', '990', '--root', 'new', '--passive', '50000-50100']
  const more = ['--external-address', 'ftp.example.org', '--require-resumption', '--no-scan', '--sign-up', '/up']
  expect(flags([...args, ...more, '--anonymous', '/pub'], before)).toMatchObject({
    host: '::1',
    port: 2222,
    implicitPort: 990,
    root: path.resolve('new'),
    passive: { from: 50_000, to: 50_100, externalAddress: 'ftp.example.org' },
    tls: { mode: 'required', requireResumption: true },
    scan: false,
    signUp: { enabled: true, folder: '/up', role: 'reader' },
    anonymous: { enabled: true, root: '/pub' },
  })
  expect(flags([], before)).toMatchObject({ port: 21, root: '/old', passive: { from: 1024, to: 2048 }, scan: true })
})

test.each(['allowed', 'off'])('tls.mode %s beyond loopback needs --plain-ok', (mode) => {
  const open = { host: '0.0.0.0', tls: { mode } }
  expect(() => flags([], open)).toThrow(/--plain-ok/)
  expect(() => flags(['--listen', '192.0.2.1:21'], { tls: { mode } })).toThrow(/192\.0\.2\.1.*--plain-ok/)
  expect(flags(['--plain-ok'], open).tls.mode).toBe(mode)
  for (const host of ['127.0.0.1', '::1', 'localhost']) expect(flags([], { host, tls: { mode } }).tls.mode).toBe(mode)
})

test('--plain-ok allows what was required, and no more', () => {
  expect(flags(['--plain-ok', '--listen', '0.0.0.0:21']).tls.mode).toBe('allowed')
})

test.each([
  [['--listen', 'nonsense'], '--listen takes HOST:PORT'],
  [['--listen', '127.0.0.1:70000'], '--listen takes HOST:PORT'],
  [['--listen', '::1:21'], '--listen takes HOST:PORT'],
  [['--listen', '[host]:21'], '--listen takes HOST:PORT'],
  [['--implicit-port', '70000'], '--implicit-port takes a whole number from 0 to 65535, not "70000".'],
  [['--passive', '2000-1000'], '--passive takes FROM-TO'],
  [['--passive', '0-10'], '--passive takes FROM-TO'],
  [['--tls-cert', 'c.pem'], '--tls-cert and --tls-key belong together.'],
])('%j is refused', (args, says) => {
  expect(() => flags(args)).toThrow(says)
})

test('the example of the manual is a configuration, and its table names keys that there are', async () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/server.md'), 'utf8')
  const [, example = ''] = /```json\n([^`]*)```/.exec(page) ?? []
  expect(await read(example)).toMatchObject({ port: 21, root: '/srv/files', limits: { perAddress: 30 } })
  const rows = [...page.matchAll(/^\| (`[^|]*`) +\|/gm)].map(([, keys = '']) => keys.replaceAll('`', '').split(', '))
  expect(rows.length).toBeGreaterThan(10)
  for (const [first = '', ...others] of rows) {
    const group = first.split('.').slice(0, -1)
    for (const key of [
      first,
      ...others.map((each) => (each.startsWith('.') ? [...group, each.slice(1)].join('.') : each)),
    ])
      expect(shareConfigSchema.parse({}), key).toHaveProperty(key)
  }
})
