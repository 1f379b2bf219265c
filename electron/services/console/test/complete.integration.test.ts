/** The Tab key, on a folder of this computer and on a real vsftpd. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../../../testing/describe-with.ts'
import { startScriptedServer } from '../../../../testing/scripted-server.ts'
import { testOnPosix } from '../../../../testing/test-unless.ts'
import { createConsole, literal } from '../index.ts'
import { wordsOf } from '../parse.ts'
import { recorder, startConsoleWorld, type ConsoleWorld, type ConsoleWorldOptions } from './console-environment.ts'

const start = (o: ConsoleWorldOptions = {}): Promise<ConsoleWorld> => startConsoleWorld({ scanner: false, ...o })

/** Completes at "|", and gives the lines that the candidates make. */
function tab({ host }: ConsoleWorld, console = createConsole(host, recorder())) {
  return async (marked: string): Promise<string[]> => {
    const cursor = marked.indexOf('|')
    const line = marked.replace('|', '')
    const { from, candidates, labels } = await console.complete(line, cursor)
    expect(labels).toHaveLength(candidates.length)
    return candidates.map((candidate) => line.slice(0, from) + candidate + line.slice(cursor))
  }
}

async function fill(folder: string): Promise<void> {
  await mkdir(join(folder, 'docs/inner'), { recursive: true })
  await mkdir(join(folder, 'my folder'))
  await mkdir(join(folder, '.hidden-folder'))
  for (const name of ['data.txt', 'date.csv', '-dash', '.hidden', 'docs/guide.txt', 'my folder/a b.txt'])
    await writeFile(join(folder, name), '')
}

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'completion', () => {
  test('commands, aliases, choices, options and what help knows', async () => {
    const press = tab(await start({ connected: false }))
    expect(await press('pu|')).toEqual(['put '])
    expect(await press('  dis|x')).toEqual(['  disconnect x'])
    expect(await press('MP|')).toEqual(['mput '])
    expect(await press('help rm|')).toEqual(['help rm ', 'help rmdir '])
    expect(await press('passive |')).toEqual(['passive off ', 'passive on '])
    expect(await press('scan off |')).toEqual(['scan off down ', 'scan off up '])
    expect(await press('rmdir -|')).toEqual(['rmdir -f ', 'rmdir -r '])
    expect(await press('open exa|')).toEqual([])
    expect(await press('scan on up |')).toEqual([])
    expect(await press('nothing x|')).toEqual([])
    expect((await press('|')).length).toBeGreaterThan(30)
  })

  test('local names: folders, spaces, quotes, hidden ones', async () => {
    const world = await start({ connected: false })
    await fill(world.local)
    const press = tab(world)
    expect(await press('put da|')).toEqual(['put data.txt ', 'put date.csv '])
    expect(await press('put |')).toEqual([
      String.raw`put \-dash `,
      'put data.txt ',
      'put date.csv ',
      'put docs/',
      String.raw`put my\ folder/`,
    ])
    expect(await press('put .h|')).toEqual(['put .hidden ', 'put .hidden-folder/'])
    expect(await press('lcd |')).toEqual(['lcd docs/', String.raw`lcd my\ folder/`])
    expect(await press('lcd docs/|')).toEqual(['lcd docs/inner/'])
    expect(await press('put "my f|')).toEqual(['put "my folder/'])
    expect(await press('put "my folder/a|')).toEqual(['put "my folder/a b.txt" '])
    expect(await press("put 'my folder/a|")).toEqual(["put 'my folder/a b.txt' "])
    expect(await press(String.raw`put my\ folder/a|`)).toEqual([String.raw`put my\ folder/a\ b.txt `])
    expect(await press(`put ${world.local}/da|`)).toEqual([
      `put ${world.local}/data.txt `,
      `put ${world.local}/date.csv `,
    ])
    expect(await press('put ~/local/dat|')).toEqual(['put ~/local/data.txt ', 'put ~/local/date.csv '])
    // Each argument of a command that takes many, also behind options.
    expect(await press('mput data.txt do|')).toEqual(['mput data.txt docs/'])
    expect(await press('lmkdir a b do|')).toEqual(['lmkdir a b docs/'])
    expect(await press('put none/|')).toEqual([])
  })

  testOnPosix('".." behind a link is the folder that a command would take', async () => {
    const world = await start({ connected: false })
    await fill(world.local)
    await symlink('docs/inner', join(world.local, 'link'))
    const press = tab(world)
    expect(await press('put link/../da|')).toEqual(['put link/../data.txt ', 'put link/../date.csv '])
    const typed = `put ${world.local}/link/../da`
    expect(await press(`${typed}|`)).toEqual([`${typed}ta.txt `, `${typed}te.csv `])
  })

  testOnPosix('every name comes back as it is, whatever is in it; what cannot be shown is not offered', async () => {
    const world = await start({ connected: false })
    const names = [
      `a'b`,
      'a"b',
      String.raw`a\b`,
      'a*b?',
      '#x',
      '!y',
      'a;b',
      '[z]{q}',
      'tab\tbed',
      'new\nline',
      'esc\u001b',
    ]
    for (const name of names) await writeFile(join(world.local, name), '')
    await symlink('.', join(world.local, 'self'))
    const console = createConsole(world.host, recorder())
    for (const [typed, end] of [
      ['put ', / $/],
      ['put "', /" $/],
      [`put '`, /' $/],
    ] as const) {
      const { from, candidates } = await console.complete(typed, typed.length)
      const lines = candidates.map((candidate) => typed.slice(0, from) + candidate)
      const words = lines.map((line) => literal(wordsOf(line)[1]?.text ?? ''))
      expect(words.toSorted()).toEqual(
        [`a'b`, 'a"b', String.raw`a\b`, 'a*b?', '#x', '!y', 'a;b', '[z]{q}', 'self/'].toSorted(),
      )
      for (const line of lines.filter((text) => !text.endsWith('self/') && !text.includes(`'b`)))
        expect(line).toMatch(end)
    }
  })

  test('names on the server, from where the console is; a listing serves several presses', async () => {
    const world = await start()
    const { server, host } = world
    await fill(server.root)
    const press = tab(world)
    expect(await press('get da|')).toEqual(['get data.txt ', 'get date.csv '])
    expect(await press('get my|')).toEqual([String.raw`get my\ folder/`])
    expect(await press('cd |')).toEqual(['cd docs/', String.raw`cd my\ folder/`])
    expect(await press('delete data.txt .h|')).toEqual(['delete data.txt .hidden ', 'delete data.txt .hidden-folder/'])
    expect(await press('put data.txt do|')).toEqual(['put data.txt docs/'])
    expect(await press('rmdir -r do|')).toEqual(['rmdir -r docs/'])
    const listings = (): number => server.commands().filter((command) => /^(LIST|MLSD)/.test(command)).length
    expect(listings()).toBe(1)
    expect(await press('get "my folder/|')).toEqual(['get "my folder/a b.txt" '])
    host.folders.set('remote', '/docs')
    expect(await press('get gu|')).toEqual(['get guide.txt '])
    expect(await press('get ../da|')).toEqual(['get ../data.txt ', 'get ../date.csv '])
    expect(await press('get ~/do|')).toEqual(['get ~/docs/'])
    expect(await press('get /docs/inn|')).toEqual(['get /docs/inner/'])
    expect(await press('get nowhere/|')).toEqual([])
  })

  test('a command makes the next press look again', async () => {
    const world = await start()
    const console = createConsole(world.host, recorder())
    const press = tab(world, console)
    await writeFile(join(world.server.root, 'one'), '')
    expect(await press('get |')).toEqual(['get one '])
    await writeFile(join(world.server.root, 'two'), '')
    expect(await press('get |')).toEqual(['get one '])
    await console.run('quote MKD three', new AbortController().signal)
    expect(await press('get |')).toEqual(['get one ', 'get three/', 'get two '])
  })

  test('no more than 500 are offered', async () => {
    const world = await start({ connected: false })
    await Promise.all(Array.from({ length: 600 }, (_, at) => writeFile(join(world.local, `f${at}`), '')))
    expect(await tab(world)('put |')).toHaveLength(500)
  })

  test('without a session and with a server that keeps silent nothing is offered, in time', async () => {
    expect(await tab(await start({ connected: false }))('get |')).toEqual([])
    const silent = await startScriptedServer({ verbs: { LIST: () => undefined, MLSD: () => undefined } })
    onTestFinished(() => silent.stop())
    const world = await start({ address: silent })
    const begun = performance.now()
    expect(await tab(world)('get |')).toEqual([])
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})
