/** What a server that runs finds wrong shows on the page for sharing, until somebody has seen it. */
import { EVENT_CHANNEL } from '../common/ipc.ts'
import { shareConfigSchema, type ShareProblem } from '../common/share.ts'
import { expect, test } from './main-job-fixture.ts'

test('problems of the server are seen, dismissed, and seen again when they come again', async ({ app, page }) => {
  const tell = (problems: ShareProblem[]): Promise<void> => {
    const address = { url: 'ftp://127.0.0.1:2121', host: '127.0.0.1', port: 2121, implicit: false } as const
    const status = {
      state: 'running',
      addresses: [{ ...address, reach: 'loopback', interface: 'lo' }],
      fingerprint: null,
      tlsRequired: true,
      scan: true,
      scanner: { state: 'starting' },
      startedAt: 0,
      sessions: 0,
      transfers: 0,
      problems,
    }
    const share = { status, config: shareConfigSchema.parse({}), restartNeeded: false }
    return app.evaluate(
      ({ BrowserWindow }, sent) => BrowserWindow.getAllWindows()[0]?.webContents.send(sent.channel, [sent.event]),
      { channel: EVENT_CHANNEL, event: { type: 'share', share } },
    )
  }
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const region = page.getByRole('region', { name: 'Share a folder' })
  await expect(region).toBeVisible()
  await tell([])
  await expect(region.getByText('Running')).toBeVisible()
  await expect(region.getByRole('alert')).toHaveCount(0)
  const gone = 'The folder /srv/usb of account ann cannot be used: it is not there.'
  const expired = 'The certificate in /srv/c.pem has expired, so that clients refuse it: renew it.'
  await tell([
    { time: 2000, message: expired },
    { time: 1000, message: gone },
  ])
  const banner = region.getByRole('alert')
  await expect(banner).toContainText(gone)
  await expect(banner).toContainText(expired)
  await banner.getByRole('button', { name: 'Dismiss' }).click()
  await expect(banner).toHaveCount(0)
  await tell([
    { time: 3000, message: gone },
    { time: 2000, message: expired },
  ])
  await expect(banner).toContainText(gone)
  await expect(banner).not.toContainText(expired)
})
