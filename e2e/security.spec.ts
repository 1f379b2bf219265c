/** What a page that was taken over could not do: leave, load, open, reach Node, or call main with nonsense. */
import { expect, test } from './main-job-fixture.ts'

test('the page stays where it is, alone', async ({ app, page, window }) => {
  await expect(window.pane('Local').getByRole('grid')).toBeVisible()
  expect(await page.evaluate(() => globalThis.open('https://example.org/') === null)).toBe(true)
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.href = 'https://example.org/'
    document.body.append(link)
    link.click()
    link.remove()
  })
  // Had the page gone elsewhere, the panes would be gone with it.
  await expect(window.pane('Local').getByRole('grid')).toBeVisible()
  expect(await page.title()).toBe('Sluice')
  expect(app.windows()).toHaveLength(1)
})

test('the policy lets in neither inline code nor foreign sources', async ({ page }) => {
  const violations: string[] = []
  await page.exposeFunction('noteViolation', (directive: string) => violations.push(directive))
  await page.evaluate(() => {
    const note = (globalThis as unknown as { noteViolation(directive: string): void }).noteViolation
    document.addEventListener('securitypolicyviolation', (event) => note(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'globalThis.injected = true'
    const frame = document.createElement('iframe')
    frame.src = 'https://example.org/'
    const image = new Image()
    image.src = 'https://example.org/x.png'
    document.body.append(script, frame)
    fetch('https://example.org/').catch(() => undefined)
  })
  for (const directive of ['script-src-elem', 'frame-src', 'img-src', 'connect-src']) {
    await expect.poll(() => violations).toContain(directive)
  }
  expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false)
})

test('the bridge is all there is, and main checks what comes over it', async ({ page }) => {
  const found = await page.evaluate(async () => {
    const bridge = window.sluice
    if (!bridge) throw new Error('there is no bridge')
    const invoke = bridge.invoke as (...args: unknown[]) => Promise<unknown>
    return {
      keys: Object.keys(bridge).toSorted(),
      frozen: Object.isFrozen(bridge),
      node: ['require', 'process', 'Buffer', 'module'].filter((name) => name in globalThis),
      unknown: await invoke('shell.run', 'id'),
      inherited: await invoke('constructor'),
      wrong: await invoke('local.remove', { folder: '', names: [] }),
    }
  })
  expect(found.keys).toEqual(['invoke', 'onEvents', 'pathForFile'])
  expect(found.frozen).toBe(true)
  expect(found.node).toEqual([])
  for (const reply of [found.unknown, found.inherited, found.wrong]) {
    expect(reply).toMatchObject({ ok: false, error: { code: 'bad-argument' } })
  }
})

test('a page that crashed is loaded again; main has lost nothing', async ({ app, page, window }) => {
  await expect(window.pane('Local').getByRole('grid')).toBeVisible()
  const session = await page.context().newCDPSession(page)
  // Never answered: the page is gone.
  void session.send('Page.crash').catch(() => undefined)
  // Playwright gives a crashed page up for good, so main is asked what its window shows.
  const grids = () =>
    app.evaluate(async ({ BrowserWindow }) => {
      const [first] = BrowserWindow.getAllWindows()
      const shown = first?.webContents.executeJavaScript('document.querySelectorAll("[role=grid]").length')
      // A page that has crashed and is not loaded yet may refuse to answer.
      return (shown as Promise<number>).catch(() => 0)
    })
  await page.waitForEvent('crash')
  await expect.poll(grids).toBeGreaterThan(0)
})
