import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ConflictPolicy, Direction } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import type { ConflictAnswer } from '../index.ts'
import { startWorld, type World, type WorldOptions } from './environment.ts'

const DIRECTIONS: Direction[] = ['upload', 'download']

/** A world in which `names` exist on both sides, "new" at the source and "old" at the target. */
async function world(
  direction: Direction,
  names: readonly string[],
  options: WorldOptions = {},
): Promise<World & { target: string; send: (conflict: ConflictPolicy) => ReturnType<World['run']> }> {
  const made = await startWorld(options)
  const source = direction === 'upload' ? made.local : made.server.root
  const target = direction === 'upload' ? made.server.root : made.local
  for (const name of names) {
    await writeFile(join(source, name), `new ${name}`)
    await writeFile(join(target, name), `old ${name}`)
  }
  const sources = names.map((name) => ({ path: direction === 'upload' ? join(made.local, name) : `/${name}` }))
  const targetFolder = direction === 'upload' ? '/' : made.local
  return { ...made, target, send: (conflict) => made.run({ direction, sources, targetFolder, conflict }) }
}

function answer(choice: ConflictAnswer['answer'], applyToAll = false): () => Promise<ConflictAnswer> {
  return async () => ({ kind: 'conflict', answer: choice, applyToAll })
}

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'conflicts', () => {
  test.each(DIRECTIONS)('overwrite (%s)', async (direction) => {
    const { target, send } = await world(direction, ['a.txt'])
    expect((await send('overwrite')).map((row) => row.state)).toEqual(['done'])
    expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('new a.txt')
    expect(await readdir(target)).toEqual(['a.txt'])
  })

  test.each(DIRECTIONS)('skip (%s)', async (direction) => {
    const { target, send } = await world(direction, ['a.txt'])
    expect((await send('skip')).map((row) => row.state)).toEqual(['skipped'])
    expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('old a.txt')
  })

  test.each(DIRECTIONS)('rename (%s)', async (direction) => {
    const { target, send } = await world(direction, ['a.txt', 'b.txt'])
    await writeFile(join(target, 'a (1).txt'), 'older')
    expect((await send('rename')).map((row) => row.state)).toEqual(['done', 'done'])
    expect((await readdir(target)).toSorted()).toEqual(['a (1).txt', 'a (2).txt', 'a.txt', 'b (1).txt', 'b.txt'])
    expect(await readFile(join(target, 'a (2).txt'), 'utf8')).toBe('new a.txt')
    expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('old a.txt')
  })

  test.each(DIRECTIONS)('asked: each answer holds for its row (%s)', async (direction) => {
    const answers = ['overwrite', 'skip', 'rename', 'cancel'] as const
    const { target, send, questions } = await world(direction, ['a', 'b', 'c', 'd'], {
      ask: async (question) => ({
        kind: 'conflict',
        answer: answers['abcd'.indexOf(question.target.at(-1) ?? '')] ?? 'cancel',
        applyToAll: false,
      }),
    })
    expect((await send('ask')).map((row) => row.state)).toEqual(['done', 'skipped', 'done', 'cancelled'])
    expect((await readdir(target)).toSorted()).toEqual(['a', 'b', 'c', 'c (1)', 'd'])
    expect(await readFile(join(target, 'a'), 'utf8')).toBe('new a')
    expect(await readFile(join(target, 'b'), 'utf8')).toBe('old b')
    expect(questions).toHaveLength(4)
    expect(questions[0]).toMatchObject({ kind: 'conflict', direction, existing: { size: 5 } })
  })

  test.each(DIRECTIONS)('asked once for all (%s)', async (direction) => {
    const names = Array.from({ length: 12 }, (_, at) => `f${at}`)
    const { target, send, questions } = await world(direction, names, { ask: answer('overwrite', true) })
    const rows = await send('ask')
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['done']))
    expect(questions).toHaveLength(1)
    for (const name of names) expect(await readFile(join(target, name), 'utf8')).toBe(`new ${name}`)
  })

  test('an open question holds up no other row', async () => {
    const asked = Promise.withResolvers<ConflictAnswer>()
    const made = await startWorld({ parallel: 1, ask: () => asked.promise })
    await writeFile(join(made.local, 'a'), 'new')
    await writeFile(join(made.server.root, 'a'), 'old')
    await writeFile(join(made.local, 'b'), 'b')
    const running = made.run({
      direction: 'upload',
      sources: [{ path: join(made.local, 'a') }, { path: join(made.local, 'b') }],
      targetFolder: '/',
    })
    const rows = await made.until((found) => found.some((row) => row.state === 'done'))
    expect(rows.map((row) => row.state)).toEqual(['asking', 'done'])
    expect(made.transfers.list().totals).toMatchObject({ queued: 1, active: 0, done: 1 })
    asked.resolve({ kind: 'conflict', answer: 'overwrite', applyToAll: false })
    await running
    expect(await readFile(join(made.server.root, 'a'), 'utf8')).toBe('new')
  })

  test('cancelling a row withdraws its question, and the next one is asked', async () => {
    const withdrawn: string[] = []
    const made = await world('upload', ['a', 'b'], {
      parallel: 1,
      ask: (question, signal) =>
        new Promise((resolve, reject) => {
          if (question.target === '/b') resolve({ kind: 'conflict', answer: 'skip', applyToAll: false })
          signal.addEventListener('abort', () => {
            withdrawn.push(question.target)
            reject(new Error('withdrawn'))
          })
        }),
    })
    const running = made.send('ask')
    const rows = await made.until((found) => found.some((row) => row.state === 'asking' && row.remotePath === '/a'))
    made.transfers.cancel(rows.filter((row) => row.remotePath === '/a').map((row) => row.id))
    expect((await running).map((row) => row.state)).toEqual(['cancelled', 'skipped'])
    expect(withdrawn).toEqual(['/a'])
  })

  test.each(DIRECTIONS)('a folder under the name is never replaced by a file (%s)', async (direction) => {
    const made = await startWorld()
    const [source, target] = direction === 'upload' ? [made.local, made.server.root] : [made.server.root, made.local]
    await writeFile(join(source, 'a'), 'file')
    await mkdir(join(target, 'a'))
    await writeFile(join(target, 'a', 'inside'), 'stays')
    const sources = [{ path: direction === 'upload' ? join(made.local, 'a') : '/a' }]
    const targetFolder = direction === 'upload' ? '/' : made.local
    for (const conflict of ['ask', 'overwrite'] as const) await made.run({ direction, sources, targetFolder, conflict })
    const rows = made.transfers.list().rows
    expect(rows.map((row) => row.state)).toEqual(['failed', 'failed'])
    expect(await readdir(target)).toEqual(['a'])
    expect(await readdir(join(target, 'a'))).toEqual(['inside'])
  })

  test('two sources of one name are a conflict of their own', async () => {
    const made = await startWorld()
    await mkdir(join(made.server.root, 'x'))
    await mkdir(join(made.server.root, 'y'))
    await writeFile(join(made.server.root, 'x', 'a'), 'x')
    await writeFile(join(made.server.root, 'y', 'a'), 'y')
    const rows = await made.run({
      direction: 'download',
      sources: [
        { path: '/x/a', type: 'file' },
        { path: '/y/a', type: 'file' },
      ],
      targetFolder: made.local,
      conflict: 'rename',
    })
    expect(rows.map((row) => row.state)).toEqual(['done', 'done'])
    expect((await readdir(made.local)).toSorted()).toEqual(['a', 'a (1)'])
  })

  test('a local link under the name is replaced itself', async () => {
    const made = await startWorld()
    await writeFile(join(made.local, 'precious'), 'precious')
    await symlink('precious', join(made.local, 'a'))
    await writeFile(join(made.server.root, 'a'), 'new')
    const rows = await made.run({
      direction: 'download',
      sources: [{ path: '/a' }],
      targetFolder: made.local,
      conflict: 'overwrite',
    })
    expect(rows.map((row) => row.state)).toEqual(['done'])
    expect(await readFile(join(made.local, 'precious'), 'utf8')).toBe('precious')
    expect(await readFile(join(made.local, 'a'), 'utf8')).toBe('new')
  })
})
