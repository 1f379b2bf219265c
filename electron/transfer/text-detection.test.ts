import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localFileIsText, looksLikeText, namePromisesText, SNIFF_BYTES } from './text-detection.ts'

test.each(['a.txt', 'A.HTML', 'x.tar.csv', 'README', '.htaccess', 'Makefile'])('%s promises text', (name) => {
  expect(namePromisesText(name)).toBe(true)
})

test.each(['a.png', 'a.txt.gz', 'unknown', 'a.', '.txt', 'a.dat', 'song.mp3', 'a.pdf'])(
  '%s promises nothing',
  (name) => {
    expect(namePromisesText(name)).toBe(false)
  },
)

test('NUL bytes, UTF-16 and single-byte encodings count as binary', () => {
  expect(looksLikeText(Buffer.from('plain\ntext'), true)).toBe(true)
  expect(looksLikeText(Buffer.from('Grüße, 日本'), true)).toBe(true)
  expect(looksLikeText(Buffer.alloc(0), true)).toBe(true)
  expect(looksLikeText(Buffer.from('a\0b'), true)).toBe(false)
  expect(looksLikeText(Buffer.from('text\n', 'utf16le'), true)).toBe(false)
  expect(looksLikeText(Buffer.from('Gr\xfc\xdfe', 'latin1'), true)).toBe(false)
})

test('a character cut at the end of the sample is forgiven, unless the file ends there', () => {
  const cut = Buffer.from('aé').subarray(0, 2)
  expect(looksLikeText(cut, false)).toBe(true)
  expect(looksLikeText(cut, true)).toBe(false)
})

test('a file is text only when its name and its content say so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-text-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = async (name: string, content: string | Buffer): Promise<boolean> => {
    await writeFile(join(folder, name), content)
    return localFileIsText(join(folder, name), name)
  }
  expect(await file('a.txt', 'x\n')).toBe(true)
  expect(await file('b.txt', Buffer.from([1, 0, 2]))).toBe(false)
  expect(await file('c.bin', 'x\n')).toBe(false)
  expect(await file('d.txt', 'a'.repeat(SNIFF_BYTES - 1) + 'é')).toBe(true)
  await expect(localFileIsText(join(folder, 'none.txt'), 'none.txt')).rejects.toMatchObject({ code: 'local-not-found' })
})
