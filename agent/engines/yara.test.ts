import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { eicar } from '../../testing/eicar.ts'
import { BLOCK, OVERLAP } from '../rules/built-in-rules.ts'
import { YaraEngine, YaraSession } from './yara.ts'

const entry = new URL('../main.ts', import.meta.url)

async function engine(): Promise<YaraEngine> {
  const created = await YaraEngine.create(entry)
  onTestFinished(() => created.dispose())
  return created
}

async function scan(from: YaraEngine, body: Buffer, chunk = 65_536): Promise<string> {
  const session = await from.open(new AbortController().signal)
  for (let at = 0; at < body.length; at += chunk) await session.write(body.subarray(at, at + chunk))
  const { verdict, signature } = await session.finish()
  return signature ?? verdict
}

test('the built-in rules find what they should and nothing else', async () => {
  const yara = await engine()
  expect(await yara.status()).toMatchObject({ engine: 'yara', builtInRulesOnly: true, maxBytes: null })
  expect(await scan(yara, eicar())).toBe('EICAR_Test_File')
  expect(await scan(yara, Buffer.alloc(0))).toBe('OK')
  expect(await scan(yara, await readFile(new URL('../rules/built-in-rules.ts', import.meta.url)))).toBe('OK')
  // Put together here, so that no scanner takes this file for a web shell.
  const post = ['$', '_POST'].join('')
  const shells: [string[], string][] = [
    [['<?php @ev', `al(${post}['x']);`], 'WebShell_PHP_Request_Executed'],
    [['<?= sys', 'tem( $_G', 'ET["c"] ) ?>'], 'WebShell_PHP_Request_Executed'],
    [['<?php ass', `ert(base64_decode(${post}["z"]));`], 'WebShell_PHP_Request_Executed'],
    [[`<?php ${post}['a']`, `(${post}['b']);`], 'WebShell_PHP_Request_Executed'],
    [['<?php ev', "al(gzinflate(base64_decode('abc')));"], 'WebShell_PHP_Packed'],
    [['<%ev', 'al request("cmd")%>'], 'WebShell_ASP_Request_Executed'],
    [['<% Runtime.getRun', 'time().exec(request.getPara', 'meter("c")); %>'], 'WebShell_JSP_Request_Executed'],
  ]
  const verdicts = await Promise.all(shells.map(([parts]) => scan(yara, Buffer.from(parts.join('')))))
  expect(verdicts).toEqual(shells.map(([, rule]) => rule))
  const innocent = [
    '<?php echo htmlspecialchars($_GET["name"]); ?>',
    '<?php $items = unserialize(base64_decode($row["data"])); system("ls"); ?>',
    'How to write eval(request) in <b>ASP</b>: do not.',
    '#!/bin/sh\nexec "$@"\n',
  ]
  const cleared = await Promise.all(innocent.map((text) => scan(yara, Buffer.from(text))))
  expect(cleared).toEqual(innocent.map(() => 'OK'))
})

test.each([BLOCK - 68, BLOCK - 30, BLOCK, BLOCK + 1, 2 * (BLOCK - OVERLAP) + OVERLAP - 40])(
  'finds a match that starts at byte %i, across block borders',
  async (offset) => {
    const body = Buffer.alloc(offset + 200_000, '.')
    eicar().copy(body, offset)
    expect(await scan(await engine(), body)).toBe('EICAR_Test_File')
  },
)

/** A session whose blocks are kept instead of scanned. */
function recorded(): { session: YaraSession; blocks: Buffer[] } {
  const blocks: Buffer[] = []
  const session = new YaraSession((block, length) => {
    blocks.push(Buffer.from(block.subarray(0, length)))
    return Promise.resolve({ matches: [], block })
  })
  return { session, blocks }
}

test('blocks cover every byte and overlap', async () => {
  const { session, blocks } = recorded()
  const body = Buffer.alloc(2 * BLOCK + 12_345)
  for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, Math.min(at, body.length - 4))
  for (let at = 0; at < body.length; at += 99_999) await session.write(body.subarray(at, at + 99_999))
  expect(await session.finish()).toEqual({ verdict: 'OK', signature: null })
  let at = 0
  for (const [index, block] of blocks.entries()) {
    if (index > 0) at -= OVERLAP
    expect(block.equals(body.subarray(at, at + block.length))).toBe(true)
    at += block.length
  }
  expect(at).toBe(body.length)
})

test('a body of exactly one block is scanned once', async () => {
  const { session, blocks } = recorded()
  await session.write(Buffer.alloc(BLOCK))
  await session.finish()
  expect(blocks.length).toBe(1)
})

test('a failed block fails the scan, also when more came after it', async () => {
  let calls = 0
  const session = new YaraSession((block) =>
    ++calls === 1 ? Promise.reject(new Error('broken')) : Promise.resolve({ matches: [], block }),
  )
  const sending = async (): Promise<unknown> => {
    await session.write(Buffer.alloc(3 * BLOCK))
    return session.finish()
  }
  await expect(sending()).rejects.toThrow('broken')
})
