/**
 * The browser shell against its own small application (shell/test/app). The same specs pass in real Electron, which is the
 * proof that the shell behaves alike; those about the shell's own workings say so and are skipped there.
 */
import type { ElectronApplication, Page } from '@playwright/test'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { answerMessageBox, catchMenus, dropFiles, expect, isShell, launchApp, test } from './fixture.ts'

const application = resolve(import.meta.dirname, 'shell/test/app')
test.use({ appOptions: { application } })

/** What shell/test/app/preload.cjs exposes. */
interface TestApi {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>
  send(channel: string, ...args: unknown[]): void
  sendSync(channel: string, ...args: unknown[]): unknown
  on(channel: string, callback: (value: unknown) => void): () => void
}
interface Seen {
  opened: string[]
  navigations: string[]
  accelerators: number
}
// Globals of the test application: the first in its page, the others in its main process. Only code that is handed over
// by evaluate may use them.
declare const api: TestApi
declare const seen: Seen
declare const fork: (args: string[], options?: Electron.ForkOptions) => Electron.UtilityProcess

const log = (page: Page) => page.locator('#log')
const whatWasSeen = (app: ElectronApplication) => app.evaluate(() => seen)

test.describe('IPC', () => {
  test('values arrive as structured clone would bring them', async ({ page }) => {
    const kept = await page.evaluate(async () => {
      const sent = {
        date: new Date(5),
        map: new Map([[1, new Set([2])]]),
        nothing: undefined,
        bytes: new Uint8Array([1, 2, 255]),
        floats: new Float64Array([0.5]),
        minusZero: -0,
        nan: NaN,
        big: 10n,
        $: 'a key the codec uses itself',
        error: new RangeError('far'),
        pattern: /a+/gi,
      }
      const got = (await api.invoke('echo', sent)) as typeof sent
      return [
        got.date instanceof Date && got.date.getTime() === 5,
        got.map.get(1)?.has(2),
        'nothing' in got && got.nothing === undefined,
        got.bytes instanceof Uint8Array && got.bytes.join() === '1,2,255',
        got.floats instanceof Float64Array && got.floats[0] === 0.5,
        Object.is(got.minusZero, -0),
        Number.isNaN(got.nan),
        got.big === 10n,
        got.$ === sent.$,
        got.error instanceof RangeError && got.error.message === 'far',
        got.pattern instanceof RegExp && String(got.pattern) === '/a+/gi',
      ]
    })
    expect(kept).toEqual(kept.map(() => true))
    expect(kept).toHaveLength(11)
  })

  test('what cannot be cloned is refused, in both directions', async ({ page }) => {
    const refused = await page.evaluate(async () => {
      const message = (error: unknown) => String(error)
      const symbol = await (async () => api.invoke('echo', Symbol('no')))().catch(message)
      return { symbol, result: await api.invoke('unclonable').catch(message) }
    })
    expect(refused.symbol).toContain('could not be cloned')
    expect(refused.result).toContain('could not be cloned')
  })

  test('errors of a handler arrive with their message', async ({ page }) => {
    const message = (channel: string) =>
      page.evaluate((name) => api.invoke(name, 'bad input').catch((error: Error) => error.message), channel)
    expect(await message('fail')).toBe("Error invoking remote method 'fail': TypeError: bad input")
    expect(await message('missing')).toBe(
      "Error invoking remote method 'missing': Error: No handler registered for 'missing'",
    )
  })

  test('a synchronous call gets its answer', async ({ page }) => {
    expect(await page.evaluate(() => api.sendSync('sync', 41))).toBe(42)
  })

  test('events keep their order in a flood', async ({ page }) => {
    const count = 20_000
    const firstWrong = await page.evaluate(
      (total) =>
        new Promise<number>((done) => {
          let next = 0
          api.on('tick', (value) => {
            if (value !== next) done(next)
            else if (++next === total) done(-1)
          })
          void api.invoke('flood', total)
        }),
      count,
    )
    expect(firstWrong).toBe(-1)
  })

  test('the function that subscribing gave ends the subscription', async ({ page }) => {
    const counts = await page.evaluate(async () => {
      let first = 0
      let second = 0
      const off = api.on('tick', () => first++)
      api.on('tick', () => second++)
      await api.invoke('flood', 2)
      while (second < 2) await new Promise((later) => setTimeout(later))
      off()
      await api.invoke('flood', 2)
      while (second < 4) await new Promise((later) => setTimeout(later))
      return { first, second }
    })
    expect(counts).toEqual({ first: 2, second: 4 })
  })

  test('the main process knows the frame that calls', async ({ page }) => {
    expect(await page.evaluate(() => api.invoke('sender'))).toEqual({
      url: 'app://test/index.html',
      origin: 'app://test',
      hasParent: false,
      isMainFrame: true,
    })
  })
})

test.describe('walls', () => {
  test('the page sees the exposed API and nothing else', async ({ page }) => {
    const found = await page.evaluate(() => {
      const names = Object.getOwnPropertyNames(window)
      return {
        suspicious: names.filter((name) =>
          /shell|sluice|ipcrenderer|^require$|^process$|^module$|^Buffer$/i.test(name),
        ),
        frozen: Object.isFrozen(api),
        replaced: Reflect.set(window, 'api', null),
        secure: isSecureContext,
      }
    })
    expect(found).toEqual({ suspicious: [], frozen: true, replaced: false, secure: true })
  })

  test('the content security policy is enforced', async ({ page }) => {
    const blocked = await page.evaluate(async () => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
      const image = new Image()
      const failed = new Promise((done) => (image.onerror = done))
      image.src = 'https://example.org/x.png'
      await failed
      await fetch('https://example.org/').catch(() => {})
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.head.append(script)
      while (violations.length < 3) await new Promise((later) => setTimeout(later))
      return { violations: violations.sort(), injected: 'injected' in window }
    })
    expect(blocked.violations).toEqual(['connect-src', 'img-src', 'script-src-elem'])
    expect(blocked.injected).toBe(false)
  })

  test('nothing outside the folder of the page is served', async ({ page }) => {
    const statuses = await page.evaluate(async () => {
      const outside = await fetch('/..%2fmain.js')
      return [outside.status, (await fetch('page.css')).status]
    })
    expect(statuses).toEqual([403, 200])
  })

  test('window.open and links to new windows go to the handler, which denies', async ({ app, page }) => {
    expect(await page.evaluate(() => window.open('https://example.org/opened') === null)).toBe(true)
    await page.getByRole('link', { name: 'new window' }).click()
    await expect
      .poll(async () => (await whatWasSeen(app)).opened)
      .toEqual(['https://example.org/opened', 'https://example.org/blank'])
    expect(app.windows()).toHaveLength(1)
  })

  test('a link elsewhere does not take the window along', async ({ app, page }) => {
    await page.getByRole('link', { name: 'outside' }).click()
    await expect.poll(async () => (await whatWasSeen(app)).navigations).toEqual(['https://example.org/outside'])
    await expect(page.getByRole('heading', { name: 'Shell Test' })).toBeVisible()
    expect(await page.evaluate(() => api.invoke('echo', 'still here'))).toBe('still here')
  })
})

test.describe('files', () => {
  test('dropped and picked files have their real paths', async ({ page }, info) => {
    const file = info.outputPath('ünï cödé.bin')
    writeFileSync(file, 'x'.repeat(1234))
    await dropFiles(page, '#drop', [file])
    await expect(log(page)).toContainText(`dropped ${file} of 1234 bytes`)
    await page.getByLabel('Pick').setInputFiles(file)
    await expect(log(page)).toContainText(`picked ${file}`)
  })
})

test.describe('desktop', () => {
  test('the application has its name, version and folder', async ({ app, launched, page }) => {
    await expect(page).toHaveTitle('Shell Test')
    const facts = await app.evaluate(({ app, BrowserWindow }) => ({
      name: app.getName(),
      version: app.getVersion(),
      userData: app.getPath('userData'),
      url: BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
      title: BrowserWindow.getAllWindows()[0]?.getTitle(),
    }))
    const { userData } = launched
    const url = 'app://test/index.html'
    expect(facts).toEqual({ name: 'Shell Test', version: '1.2.3', userData, url, title: 'Shell Test' })
    const window = await app.browserWindow(page)
    await expect.poll(() => window.evaluate((target) => target.isVisible())).toBe(true)
  })

  test('nativeTheme decides what the page takes for the colour scheme', async ({ app, page }) => {
    const dark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
    const setTheme = (source: 'dark' | 'light') =>
      app.evaluate(({ nativeTheme }, theme) => {
        nativeTheme.themeSource = theme
        return nativeTheme.shouldUseDarkColors
      }, source)
    await expect.poll(dark).toBe(false)
    expect(await setTheme('dark')).toBe(true)
    await expect.poll(dark).toBe(true)
    await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(10, 10, 10)')
    expect(await setTheme('light')).toBe(false)
    await expect.poll(dark).toBe(false)
  })

  test('safeStorage gives back what it hid', async ({ page }) => {
    expect(await page.evaluate(() => api.invoke('secret', 'pässword'))).toEqual({ hidden: true, text: 'pässword' })
  })

  test('a context menu is built in the main process', async ({ app, page }) => {
    const menus = await catchMenus(app)
    await page.getByRole('button', { name: 'Menu' }).click()
    expect(await menus.items()).toContainEqual({ id: 'delete', label: 'Delete', enabled: false, type: 'normal' })
    await menus.click('rename')
    await expect(log(page)).toContainText('chosen rename')
  })

  test('a message box can be answered by a spec', async ({ app, page }) => {
    await answerMessageBox(app, 1)
    await page.getByRole('button', { name: 'Ask' }).click()
    await expect(log(page)).toContainText('answer 1')
  })
})

test.describe('overlays in place of native windows', () => {
  test.skip(!isShell, 'native in Electron')

  test('menu, by pointer and by keys', async ({ page }) => {
    const open = () => page.getByRole('button', { name: 'Menu' }).click()
    await open()
    await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeDisabled()
    await page.getByRole('menuitem', { name: 'Permissions' }).click()
    await page.getByRole('menuitem', { name: '644' }).click()
    await expect(log(page)).toContainText('chosen p644')
    await open()
    await page.keyboard.press('Enter')
    await expect(log(page)).toContainText('chosen rename')
    await open()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toHaveCount(0)
  })

  test('message box', async ({ page }) => {
    const ask = page.getByRole('button', { name: 'Ask' })
    await ask.click()
    await expect(page.getByRole('alertdialog', { name: 'Overwrite?' })).toContainText('The file exists.')
    await page.keyboard.press('Enter')
    await expect(log(page)).toContainText('answer 1')
    await ask.click()
    await page.keyboard.press('Escape')
    await expect(log(page)).toContainText('answer 0')
  })

  test('file dialog', async ({ page }) => {
    const choose = page.getByRole('button', { name: 'Choose' })
    await choose.click()
    await page.getByRole('textbox', { name: 'Choose a folder' }).fill('/some/folder')
    await page.keyboard.press('Enter')
    await expect(log(page)).toContainText('chose {"canceled":false,"filePaths":["/some/folder"]}')
    await choose.click()
    await page.keyboard.press('Escape')
    await expect(log(page)).toContainText('chose {"canceled":true,"filePaths":[]}')
  })

  test('keys of the application menu', async ({ app, page }) => {
    await page.keyboard.press('ControlOrMeta+Shift+K')
    await expect.poll(async () => (await whatWasSeen(app)).accelerators).toBe(1)
  })
})

test.describe('utility processes', () => {
  test('messages go there and back', async ({ app }) => {
    const got = await app.evaluate(async () => {
      const child = fork(['echo'])
      await new Promise((done) => child.once('spawn', () => done(null)))
      child.postMessage({ when: new Date(7), bytes: new Uint8Array([1]) })
      const message = (await new Promise((done) => child.once('message', done))) as { when: Date; bytes: Uint8Array }
      const hadPid = typeof child.pid === 'number'
      const exited = new Promise((done) => child.once('exit', done))
      const killed = child.kill()
      await exited
      return { when: message.when.getTime(), bytes: [...message.bytes], hadPid, killed, pid: child.pid ?? null }
    })
    expect(got).toEqual({ when: 7, bytes: [1], hadPid: true, killed: true, pid: null })
  })

  test('the exit code arrives', async ({ app }) => {
    const code = await app.evaluate(() => new Promise((done) => fork(['exit', '7']).once('exit', done)))
    expect(code).toBe(7)
  })

  test('environment, output and surroundings of the child', async ({ app }) => {
    const got = await app.evaluate(async () => {
      const child = fork(['report'], {
        env: { ...process.env, SHELL_TEST: 'here' },
        serviceName: 'test',
        stdio: 'pipe',
      })
      let output = ''
      child.stdout?.on('data', (chunk) => (output += String(chunk)))
      const message = new Promise((done) => child.once('message', done))
      const ended = new Promise((done) => child.stdout?.once('end', done))
      const report = await message
      child.kill()
      await ended
      return { report, output: output.trim() }
    })
    const report = { type: 'utility', hasSend: 'undefined', env: 'here' }
    expect(got).toEqual({ report, output: 'a line of output' })
  })
})

test.describe('end', () => {
  /** Command lines of the processes that mention `text` (Linux). */
  const processesWith = (text: string): string[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
        } catch {
          return [] // ended meanwhile
        }
      })
      .filter((line) => line.includes(text))

  test('quitting leaves no process and no folder behind', async () => {
    test.skip(process.platform !== 'linux', 'reads /proc')
    const temporary = mkdtempSync(join(tmpdir(), 'sluice-e2e-tmp-'))
    try {
      const launched = await launchApp({ application, env: { TMPDIR: temporary } })
      await launched.page()
      const pid = await launched.app.evaluate(() => {
        const child = fork(['echo'])
        return new Promise((done) => child.once('spawn', () => done(child.pid)))
      })
      expect(processesWith(launched.userData).length).toBeGreaterThan(1)
      await launched.stop()
      expect(processesWith(launched.userData)).toEqual([])
      expect(existsSync(`/proc/${Number(pid)}`)).toBe(false)
      expect(existsSync(launched.userData)).toBe(false)
      expect(readdirSync(temporary).filter((name) => /sluice|shell/i.test(name))).toEqual([])
    } finally {
      rmSync(temporary, { recursive: true, force: true })
    }
  })

  test('a window closed by the user ends the application', async ({ launched, page }) => {
    const ended = new Promise<void>((done) => launched.app.once('close', () => done()))
    const session = await page.context().newCDPSession(page)
    session.send('Page.close').catch(() => {}) // the answer may go down with the page
    await ended
    expect(launched.child.exitCode).toBe(0)
  })

  test('a crashed page is reported and can be loaded again', async ({ app, page }) => {
    // Listened to before the crash, whoever is slow.
    await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      ;(globalThis as { reloaded?: Promise<string> }).reloaded = new Promise((done) => {
        contents?.once('render-process-gone', (_event, { reason }) => {
          contents.once('did-finish-load', () => done(reason))
          contents.reload()
        })
      })
    })
    const session = await page.context().newCDPSession(page)
    session.send('Page.crash').catch(() => {}) // nobody is left to answer
    const reloaded = app.evaluate(() => (globalThis as { reloaded?: Promise<string> }).reloaded)
    expect(await reloaded).toBe('crashed')
    const works = app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(`api.invoke('echo', 'again')`),
    )
    expect(await works).toBe('again')
  })

  test('listeners can hold the end back', async ({ app, page }) => {
    const events = await app.evaluate(({ app, BrowserWindow }) => {
      const order: string[] = []
      const [window] = BrowserWindow.getAllWindows()
      window?.once('close', (event) => {
        order.push('close')
        event.preventDefault()
      })
      app.once('before-quit', () => order.push('before-quit'))
      app.once('will-quit', () => order.push('will-quit'))
      app.quit()
      return order
    })
    expect(events).toEqual(['before-quit', 'close'])
    expect(await page.evaluate(() => api.invoke('echo', 'alive'))).toBe('alive')
  })

  test('a second instance is refused and the first one told', async ({ app, launched }) => {
    const told = app.evaluate(
      ({ app }) => new Promise<boolean>((done) => app.once('second-instance', (_event, argv) => done(argv.length > 0))),
    )
    expect(await app.evaluate(({ app }) => app.requestSingleInstanceLock())).toBe(true)
    test.skip(!isShell, 'the browser of a second start would need a folder of its own')
    const { SingleInstanceLock } = await import('./shell/single-instance.ts')
    expect(new SingleInstanceLock().request(launched.userData, () => {})).toBe(false)
    expect(await told).toBe(true)
  })
})
