/**
 * Pictures of the window in its states, for people to judge. Those of the README and of docs/server.md are two of them:
 * `SLUICE_SCREENSHOT=docs/screenshot.png npx playwright test e2e/screenshots.spec.ts` writes it, and share.png beside it. With
 * `SLUICE_SCREENSHOT_HOME=/home/mara`, a folder that must not exist yet, they show that path, not a temporary one.
 */
import { copyFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { EVENT_CHANNEL, type ShareState } from '../common/ipc.ts'
import { shareConfigSchema } from '../common/share.ts'
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

/** A share in somebody's network: the real addresses of whoever takes the picture are nobody's business. */
function shareOf(root: string): ShareState {
  const address = { host: '192.168.1.20', port: 2121, implicit: false, reach: 'private', interface: 'wlan0' } as const
  const local = { host: '127.0.0.1', port: 2121, implicit: false, reach: 'loopback', interface: 'lo' } as const
  const pairs = Array.from({ length: 32 }, (_, index) => ((index * 73 + 41) % 256).toString(16).padStart(2, '0'))
  return {
    config: shareConfigSchema.parse({ root, host: '0.0.0.0' }),
    restartNeeded: false,
    status: {
      state: 'running',
      addresses: [address, local].map((one) => ({ ...one, url: `ftp://${one.host}:${one.port}` })),
      fingerprint: pairs.join(':').toUpperCase(),
      tlsRequired: true,
      scan: true,
      scanner: {
        state: 'ready',
        engine: 'clamd',
        engineVersion: '1.4.3',
        signatureVersion: '27800',
        builtInRulesOnly: false,
        maxBytes: null,
        location: 'this computer',
      },
      startedAt: Date.now() - 754_000,
      sessions: 2,
      transfers: 1,
      problems: [],
    },
  }
}

/** The machine as one in that network. */
const standIn = (app: ElectronApplication): Promise<void> =>
  app.evaluate(() => {
    const os = process.getBuiltinModule('node:os')
    const shared = { netmask: '255.255.255.0', mac: '00:00:00:00:00:00', internal: false, cidr: null }
    os.networkInterfaces = () => ({ wlan0: [{ ...shared, address: '192.168.1.20', family: 'IPv4' }] })
    process.getBuiltinModule('node:module').syncBuiltinESMExports()
  })

const show = (app: ElectronApplication, share: ShareState): Promise<void> =>
  app.evaluate(
    ({ BrowserWindow }, { event, channel }) => BrowserWindow.getAllWindows()[0]?.webContents.send(channel, [event]),
    { event: { type: 'share', share }, channel: EVENT_CHANNEL },
  )

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

    test('a shared folder', async ({ app, page, localFolder }, info) => {
      await expect(page.getByRole('contentinfo')).toContainText('ClamAV')
      await standIn(app)
      await page.getByRole('button', { name: 'Share', exact: true }).click()
      await expect(page.getByText('Nobody can reach your files.')).toBeVisible()
      await show(app, shareOf(join(localFolder, 'Pictures')))
      await expect(page.getByText('Every device there can try to log in.')).toBeVisible()
      await expect(page.getByRole('img', { name: 'QR code of ftp://192.168.1.20:2121' })).toBeVisible()
      await page.mouse.move(0, 0)
      const path = info.outputPath(`share-${theme}.png`)
      await page.screenshot({ path })
      const wanted = process.env['SLUICE_SCREENSHOT']
      if (wanted !== undefined && theme === 'light') copyFileSync(path, join(dirname(wanted), 'share.png'))
    })

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
