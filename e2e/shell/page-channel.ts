/** The connection of one page to the main process: installs the page-side runtime, carries messages both ways. */
import { randomBytes } from 'node:crypto'
import type { CdpSession } from './cdp.ts'
import { makeCodec } from './codec.ts'
import { nextId } from './events.ts'
import { isolatedWorld } from './page/isolated-world.ts'
import { mainWorld } from './page/main-world.ts'
import type { FromPage, OverlayRequest, PageConfig, ShellEntryPoints, ToPage } from './page/messages.ts'
import { makeOverlay } from './page/overlay.ts'

const world = 'Electron Isolated Context'
/** Batches on their way at once: enough to keep the page busy, few enough that a slow page collects large ones. */
const batchesInFlight = 2

export interface PageChannelOwner {
  /** A message of the current document. */
  onMessage(message: FromPage): void
  /** `ipcRenderer.sendSync`: the page stands still until this settles. */
  onSyncCall(channel: string, args: unknown[]): Promise<unknown>
}

const { encode, decode } = makeCodec()

export class PageChannel {
  readonly #session: CdpSession
  readonly #owner: PageChannelOwner
  readonly #answers = new Map<number, (value: unknown) => void>()
  /** Execution context of the isolated world of the document now shown. */
  #context: number | undefined
  #queue: ToPage[] = []
  #inFlight = 0
  #scheduled = false

  constructor(session: CdpSession, owner: PageChannelOwner) {
    this.#session = session
    this.#owner = owner
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === '__shellSend') this.#receive(JSON.parse(payload) as FromPage, executionContextId)
    })
    session.on('Debugger.paused', ({ callFrames }) => void this.#answerPause(callFrames[0]))
  }

  /** Installs the runtime and `preload` (source text, empty: none) for every document to come. */
  async install(preload: string): Promise<void> {
    const config: PageConfig = {
      events: `__sluice-${randomBytes(6).toString('hex')}-`,
      process: {
        type: 'renderer',
        sandboxed: true,
        contextIsolated: true,
        isMainFrame: true,
        platform: process.platform,
        arch: process.arch,
        versions: { ...process.versions },
        env: {},
        argv: [],
        pid: 0,
        execPath: process.execPath,
      },
    }
    const preloadFunction = preload ? `function (require, module, exports, process, global) { ${preload}\n}` : 'null'
    const isolated = `(${isolatedWorld})(${makeCodec}, ${makeOverlay}, ${JSON.stringify(config)}, ${preloadFunction})`
    const { send } = this.#session
    await Promise.all([
      send('Runtime.enable'),
      send('DOM.enable'),
      send('Debugger.enable', { maxScriptsCacheSize: 0 }),
      // Named after the world, so that the page never sees the binding.
      send('Runtime.addBinding', { name: '__shellSend', executionContextName: world }),
      send('Page.addScriptToEvaluateOnNewDocument', {
        source: `(${mainWorld})(${JSON.stringify(config.events)})\n//# sourceURL=electron/bridge`,
      }),
      send('Page.addScriptToEvaluateOnNewDocument', {
        source: `${isolated}\n//# sourceURL=electron/isolated`,
        worldName: world,
      }),
    ])
  }

  /** Sends an event to the page; dropped, as in Electron, when no preload listens yet. Throws a DataCloneError. */
  send(channel: string, args: unknown[]): void {
    this.#post({ kind: 'event', channel, args: encode(args) })
  }

  /** Answers `invoke` number `id` with what `run` gives or throws, unless the page has gone on to another document. */
  async answerInvoke(id: number, run: () => unknown): Promise<void> {
    const context = this.#context
    let message: ToPage
    try {
      message = { kind: 'result', id, value: encode(await run()) }
    } catch (error) {
      message = { kind: 'failure', id, message: String(error) }
    }
    if (context === this.#context) this.#post(message)
  }

  /** Shows an overlay and gives the choice: an index, a path, or null. */
  async ask(request: OverlayRequest): Promise<unknown> {
    const id = nextId()
    const { promise, resolve } = Promise.withResolvers<unknown>()
    this.#answers.set(id, resolve)
    await this.call('show', id, request)
    return promise
  }

  /** Calls an entry point of the isolated world. Does nothing when there is no document. */
  async call<K extends keyof ShellEntryPoints>(name: K, ...args: Parameters<ShellEntryPoints[K]>): Promise<void> {
    if (this.#context === undefined) return
    await this.#session.send('Runtime.callFunctionOn', {
      functionDeclaration: `function (...args) { __shell.${name}(...args) }`,
      executionContextId: this.#context,
      arguments: args.map((value) => ({ value })),
      silent: true,
    })
  }

  #receive(message: FromPage, context: number): void {
    if (message.kind === 'ready') {
      this.#context = context
      this.#queue = []
      for (const resolve of this.#answers.values()) resolve(null) // the overlay went away with its document
      this.#answers.clear()
    } else if (context !== this.#context) return // a document that is being left has no say any more
    if (message.kind === 'answer') {
      this.#answers.get(message.id)?.(message.value)
      this.#answers.delete(message.id)
    } else if (message.kind === 'invoke' || message.kind === 'send') {
      this.#owner.onMessage({ ...message, args: decode(message.args) })
    } else this.#owner.onMessage(message)
  }

  #post(message: ToPage): void {
    if (this.#context === undefined) return
    this.#queue.push(message)
    this.#flush()
  }

  /** What queues up while a batch is on its way travels in the next one. */
  #flush(): void {
    if (this.#scheduled || this.#inFlight >= batchesInFlight || this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      const batch = this.#queue
      if (batch.length === 0) return // the document changed meanwhile
      this.#queue = []
      this.#inFlight++
      this.call('receive', JSON.stringify(batch))
        .catch(() => {}) // the document or the browser has gone; so has who would have listened
        .finally(() => {
          this.#inFlight--
          this.#flush()
        })
    })
  }

  async #answerPause(frame: { callFrameId: string; functionName: string } | undefined): Promise<void> {
    const { send } = this.#session
    try {
      if (frame?.functionName !== '__shellSync') return
      const { callFrameId } = frame
      const evaluate = async (expression: string, returnByValue = true) =>
        (await send('Debugger.evaluateOnCallFrame', { callFrameId, expression, returnByValue, silent: true })).result
      const [kind, payload] = (await evaluate('[_kind, _payload]')).value as [string, string]
      let value: string
      if (kind === 'file') {
        const { objectId } = await evaluate('_file', false)
        value = (await send('DOM.getFileInfo', { objectId: objectId ?? '' })).path
      } else {
        const { channel, args } = JSON.parse(payload) as { channel: string; args: unknown }
        value = JSON.stringify(encode(await this.#owner.onSyncCall(channel, decode(args) as unknown[])))
      }
      await evaluate(`void (box.value = ${JSON.stringify(value)})`)
    } catch (error) {
      console.error('[browser shell] a synchronous call from the page failed:', error)
    } finally {
      send('Debugger.resume').catch(() => {}) // the page may have gone
    }
  }
}
