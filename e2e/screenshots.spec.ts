/**
 * Pictures of the window in its states, for people to judge. The README's picture is one of them:
 * `SLUICE_SCREENSHOT=docs/screenshot.png npx playwright test e2e/screenshots.spec.ts` writes it anew. With
 * `SLUICE_SCREENSHOT_HOME=/home/mara`, a folder that must not exist yet, the left pane shows that path, not a temporary one.
 */
import { copyFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eicar } from '../testing/eicar.ts'
import { expect, test } from './main-job-fixture.ts'

const DAY = 86_400_000

/** Sparse files of plausible sizes, so that a picture costs no disk. */
function fill(folder: string, files: Record<string, number>): void {
  mkdirSync(folder, { recursive: true })
  for (const [index, [name, size]] of Object.entries(files).entries()) {
    writeFileSync(join(folder, name), Buffer.alloc(size, index + 1))
    const time = new Date(Date.UTC(2026, 9, 14, 9, 30) - index * DAY * 3.3)
    utimesSync(join(folder, name), time, time)
  }
}

test.use({
  serverOptions: {
    tls: 'explicit',
    users: [{ name: 'mara', password: 'not kept anywhere' }],
    config: { local_max_rate: '900000' },
  },
})
const home = process.env['SLUICE_SCREENSHOT_HOME']
if (home !== undefined) {
  test.use({
    localFolder: async ({}, use) => {
      mkdirSync(home) // throws if it exists: it is removed afterwards
      await use(home)
      rmSync(home, { recursive: true, force: true })
    },
  })
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ settings: { theme } })

    test('a session at work', async ({ server, window, page, localFolder }, info) => {
      const shot = async (name: string): Promise<string> => {
        const path = info.outputPath(`${name}-${theme}.png`)
        await page.screenshot({ path })
        return path
      }
      await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
      await shot('start')

      const project = join(localFolder, 'Projects')
      fill(project, {
        'annual report 2026.pdf': 2_400_000,
        'budget.xlsx': 184_000,
        'field recordings.flac': 9_800_000,
        'invoice-4711.com': 0,
        'minutes of the general assembly, second draft with remarks by everybody.docx': 96_000,
        'notes.txt': 3_100,
        'site plan.dwg': 1_350_000,
      })
      writeFileSync(join(project, 'invoice-4711.com'), eicar())
      mkdirSync(join(project, 'photos'))
      mkdirSync(join(project, 'drawings'))
      mkdirSync(join(server.root, 'archive'))
      mkdirSync(join(server.root, 'incoming'))
      fill(server.root, {
        'README.md': 2_200,
        'catalogue.csv': 640_000,
        'logo.svg': 14_800,
        'Prüfbericht 2025.pdf': 720_000,
      })

      await window.connect(server, 'explicit')
      await expect(page.getByRole('alertdialog')).toBeVisible()
      await shot('certificate')
      await page.getByRole('button', { name: 'Always trust' }).click()
      await window.connected()
      await window.open('Local', project)
      await expect(window.row('Local', 'notes.txt')).toBeVisible()

      for (const name of ['notes.txt', 'budget.xlsx', 'invoice-4711.com']) await window.drag('Local', name)
      await expect(window.transfer('invoice-4711.com')).toContainText('INFECTED')
      await expect(window.transfer('budget.xlsx')).toContainText('Uploaded')
      await window.drag('Local', 'field recordings.flac')
      await expect(window.transfer('field recordings.flac')).toContainText('Uploading')
      await expect(window.transfer('field recordings.flac')).toContainText(/[1-9]\d? %/)
      await expect(window.transfer('field recordings.flac')).toContainText(/[kM]B\/s/)
      // By mouse, so that the picture has no keyboard's focus ring.
      await window.row('Remote', 'catalogue.csv').click()
      const picture = await shot('at-work')
      const wanted = process.env['SLUICE_SCREENSHOT']
      if (wanted !== undefined && theme === 'light') copyFileSync(picture, wanted)

      await window.row('Remote', 'catalogue.csv').click({ button: 'right' })
      await expect(page.getByRole('menu')).toBeVisible()
      await shot('context-menu')
      await page.keyboard.press('Escape')
      await window.openTab('Protocol log')
      await shot('protocol-log')
      await window.openTab('Console')
      await window.run('ls')
      await window.run('get catalogue.csv')
      await shot('console')
      await page.getByRole('menuitem', { name: 'Transfers' }).click()
      await shot('menu')
      await page.keyboard.press('Escape')
      await page.keyboard.press('ControlOrMeta+k')
      await shot('palette')
      await page.keyboard.press('Escape')
      await page.keyboard.press('ControlOrMeta+i')
      await expect(page.getByRole('dialog', { name: 'Status' })).toContainText('SHA-256')
      await shot('status')
    })
  })
}
