/** The session through every command, held against its transcript in docs/console.md. Rewritten by `vitest -u`. */
import { expect, test } from 'vitest'
import { COMMANDS } from '../../../../common/commands.ts'
import type { ConsoleQuestion } from '../../../../common/console.ts'
import { CONSOLE_SESSION, prepareConsoleSession } from '../../../../testing/console-session.ts'
import { evenOut, fillIn, transcriptPage, type StepRecord } from '../../../../testing/console-transcript.ts'
import { describeWith } from '../../../../testing/describe-with.ts'
import { createConsole } from '../index.ts'
import { readLine } from '../line.ts'
import type { ConsoleIo } from '../types.ts'
import { startConsoleWorld } from './console-environment.ts'

const steps = CONSOLE_SESSION.flatMap((chapter) => chapter.steps)

test('the session goes through every command', () => {
  const used = new Set(steps.map(({ line }) => readLine(line)?.spec.name))
  expect(COMMANDS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([])
})

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'a session through every command', () => {
  test('says what docs/console.md says', { timeout: 60_000 }, async () => {
    const password = 'correct horse'
    const world = await startConsoleWorld({
      vsftpd: { tls: 'explicit', users: [{ name: 'mara', password }], config: { port_enable: 'YES' } },
      settings: { parallelTransfers: 1, conflict: 'overwrite' },
      // The certificate of the test's server is its own.
      ask: async () => ({ kind: 'certificate', answer: 'once' }) as never,
      connected: false,
    })
    prepareConsoleSession(world.local, world.server.root)
    const facts = { local: world.local, port: world.server.port, user: 'mara', password }

    const text: string[] = []
    let answers: string[] = []
    const io: ConsoleIo = {
      interactive: true,
      write: ({ lines }) => void text.push(...lines.map((line) => line.text)),
      ask: async (question: ConsoleQuestion) => {
        const answer = answers.shift()
        if (answer === undefined) throw new Error(`Nobody expected the question "${question.text}".`)
        text.push(question.text + (question.hidden ? '' : answer))
        return answer
      },
      progress: () => undefined,
    }
    const terminal = createConsole({ ...world.host, defaultProtocol: 'ftpes' }, io)
    const records: StepRecord[] = []
    for (const step of steps) {
      const line = fillIn(step.line, facts)
      answers = (step.answers ?? []).map((answer) => fillIn(answer, facts))
      text.push(terminal.prompt() + line)
      await terminal.run(line, new AbortController().signal)
      expect(answers, `answers left over after "${line}"`).toEqual([])
      records.push({
        step,
        text: text
          .splice(0)
          .map((shown) => evenOut(shown, facts).trimEnd())
          .join('\n'),
      })
    }
    const page = transcriptPage(records)
    expect(page).not.toContain(password)
    await expect(page).toMatchFileSnapshot('../../../../docs/console.md')
  })
})
