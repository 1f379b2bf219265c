/** The session of docs/console.md, typed into a real terminal: the same commands, the same output. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { CONSOLE_SESSION, prepareConsoleSession } from '../../testing/console-session.ts'
import { evenOut, fillIn, readTranscript } from '../../testing/console-transcript.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { startScanner, startServer } from './peers.ts'
import { makePlace } from './sluice.ts'
import { Terminal } from './terminal.ts'

const PAGE = path.join(import.meta.dirname, '../../docs/console.md')
const PROMPT = /^(\[[A-Z ]+\] )?(sluice|127\.0\.0\.1:\/\S*)>$/
const QUESTION = /(\[[a-z/]+\]|nothing for anonymous\):|Password of \S+ at \S+:)$/

/** The last line of a screen. */
const last = (screen: string): string => screen.slice(screen.lastIndexOf('\n') + 1)

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd', 'tmux'], 'a session through every command in a terminal', () => {
  test('says what docs/console.md says', { timeout: 120_000 }, async () => {
    const password = 'correct horse'
    const server = await startServer({
      tls: 'explicit',
      users: [{ name: 'mara', password }],
      config: { port_enable: 'YES' },
    })
    const clamd = await startScanner()
    const place = makePlace()
    prepareConsoleSession(place.folder, server.root)
    const facts = { local: place.folder, port: server.port, user: 'mara', password }

    // Wide enough for every line, and high enough to hold them all.
    const terminal = await Terminal.open(place, { columns: 240, rows: 600 })
    const flags = ['--fingerprint', server.fingerprint, '--parallel', '1', '--conflict', 'overwrite']
    await terminal.sluice('--clamd', clamd.socket, ...flags)
    for (const { line, answers = [] } of CONSOLE_SESSION.flatMap((chapter) => chapter.steps)) {
      let before = await terminal.until((screen) => PROMPT.test(last(screen)))
      await terminal.type(`${fillIn(line, facts)}\n`)
      for (const answer of answers) {
        before = await terminal.until((screen) => screen !== before && QUESTION.test(last(screen)))
        await terminal.type(`${fillIn(answer, facts)}\n`)
      }
      await terminal.until((screen) => screen !== before)
    }
    const screen = await terminal.at('shell$')
    const shown = screen.split('\n').slice(0, -1)
    const lines = shown.map((text) => evenOut(text, facts).trimEnd())
    expect(lines).toEqual(readTranscript(readFileSync(PAGE, 'utf8')).flatMap(({ lines: expected }) => expected))
  })
})
