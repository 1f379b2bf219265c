/** The session of docs/console.md, typed into the console panel: the same commands, the same output. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bridge } from '../common/ipc.ts'
import { CONSOLE_SESSION, prepareConsoleSession } from '../testing/console-session.ts'
import { evenOut, fillIn, readTranscript } from '../testing/console-transcript.ts'
import { expect, test } from './main-job-fixture.ts'

const transcript = readTranscript(readFileSync(join(import.meta.dirname, '../docs/console.md'), 'utf8'))

const PASSWORD = 'correct horse'

test.use({
  serverOptions: { tls: 'explicit', users: [{ name: 'mara', password: PASSWORD }], config: { port_enable: 'YES' } },
  settings: { parallelTransfers: 1, conflict: 'overwrite' },
})

test('the panel says what the transcript says', async ({ window, page, server, localFolder }) => {
  test.setTimeout(180_000)
  // The browser keeps things of its own in the home folder.
  const work = join(localFolder, 'work')
  prepareConsoleSession(work, server.root)
  await window.open('Local', work)
  await expect(window.row('Local', 'notes.txt')).toBeVisible()
  const facts = { local: work, port: server.port, user: 'mara', password: PASSWORD }
  await window.openTab('Console')

  const look = () =>
    page.evaluate(async () => {
      const reply = await (globalThis as unknown as { sluice: Bridge }).sluice.invoke('console.open')
      if (!reply.ok) throw new Error(reply.error.message)
      return reply.value
    })
  let seen = (await look()).lines.length

  for (const { title, steps } of CONSOLE_SESSION) {
    const typed = steps.filter(({ line }) => line !== 'quit')
    for (const { line, answers = [] } of typed) {
      await window.commandLine.fill(fillIn(line, facts))
      await window.commandLine.press('Enter')
      for (const answer of answers) {
        const before = (await look()).lines.length
        const field = page.getByRole('tabpanel', { name: 'Console' }).getByRole('textbox').and(page.locator(':enabled'))
        await expect.poll(async () => (await look()).state.question !== null).toBe(true)
        await field.fill(fillIn(answer, facts))
        await field.press('Enter')
        await expect.poll(async () => (await look()).lines.length).toBeGreaterThan(before)
      }
      if (line.startsWith('open')) await page.getByRole('button', { name: 'Trust once' }).click()
      await expect.poll(async () => (await look()).state.running, { timeout: 30_000 }).toBeNull()
      await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0)
    }
    const { lines } = await look()
    const text = lines.slice(seen).map((line) => evenOut(line.text, facts).trimEnd())
    seen = lines.length
    // The window would be gone.
    const expected = transcript
      .find((chapter) => chapter.title === title)
      ?.lines.filter((line) => line !== 'sluice> quit')
    expect(text, title).toEqual(expected)
  }
  await expect(page.getByText(PASSWORD)).toHaveCount(0)
})
