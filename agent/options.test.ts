import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testOnPosix } from '../testing/test-unless.ts'
import { readOptions, TOKEN_VARIABLE } from './options.ts'

const token = 't'.repeat(32)

/** A token file, and a file that stands for certificate and key. */
async function files(content = `${token}\n`, mode = 0o600): Promise<{ tokenFile: string; pem: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-options-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const tokenFile = join(folder, 'token')
  const pem = join(folder, 'pem')
  await writeFile(tokenFile, content)
  await writeFile(pem, 'PEM')
  await chmod(tokenFile, mode)
  return { tokenFile, pem }
}

test('loopback with a token from the environment, which is then gone from it', async () => {
  const env = { [TOKEN_VARIABLE]: token }
  expect(await readOptions([], env)).toMatchObject({ host: '127.0.0.1', port: 0, token, engine: 'auto', clamd: null })
  expect(env).toEqual({})
})

test('a token file, and all the other options', async () => {
  const { tokenFile, pem } = await files()
  const args = `--listen [::]:99 --token-file ${tokenFile} --tls-cert ${pem} --tls-key ${pem} --engine clamd --clamd unix:/x --max-scans 2`
  expect(await readOptions(args.split(' '), {})).toMatchObject({
    host: '::',
    port: 99,
    token,
    engine: 'clamd',
    clamd: { kind: 'unix', path: '/x' },
    maxScans: 2,
  })
})

test.each(['0.0.0.0:9', '[::]:9', '192.0.2.1:9', 'scanner.example:9'])(
  'refuses %s without token file and TLS',
  async (listen) => {
    const { tokenFile, pem } = await files()
    const attempts = [
      [],
      ['--token-file', tokenFile],
      ['--tls-cert', pem, '--tls-key', pem],
      ['--token-file', tokenFile, '--tls-cert', pem],
    ]
    for (const attempt of attempts) {
      const result = readOptions(['--listen', listen, ...attempt], { [TOKEN_VARIABLE]: token })
      await expect(result).rejects.toMatchObject({ code: 'bad-argument' })
    }
  },
)

test.each([
  [['--bogus'], /bogus/],
  [['extra'], /extra/],
  [['--listen', 'nowhere'], /--listen/],
  [['--listen', '127.0.0.1:70000'], /--listen/],
  [['--engine', 'magic'], /--engine/],
  [['--clamd', 'tcp:192.0.2.1:3310'], /--allow-remote-clamd/],
  [['--max-scans', '0'], /--max-scans/],
  [['--token-file', '/nonexistent'], /cannot be read/],
  [['--clamd-config', '/nonexistent'], /cannot be read/],
])('refuses %j', async (args, message) => {
  await expect(readOptions(args, { [TOKEN_VARIABLE]: token })).rejects.toThrow(message)
})

test('refuses missing, short and odd tokens', async () => {
  await expect(readOptions([], {})).rejects.toThrow(/token is needed/)
  for (const weak of ['', 'short', 'x'.repeat(31), `${'x'.repeat(40)} y`, `${'x'.repeat(40)}\ny`]) {
    await expect(readOptions([], { [TOKEN_VARIABLE]: weak })).rejects.toThrow(/32 printable/)
  }
})

testOnPosix('refuses a token that others may read', async () => {
  const { tokenFile } = await files(token, 0o640)
  await expect(readOptions(['--token-file', tokenFile], {})).rejects.toThrow(/chmod 600/)
})

test('help and version need nothing else', async () => {
  expect(await readOptions(['--help'], {})).toBe('help')
  expect(await readOptions(['--version'], {})).toBe('version')
})
