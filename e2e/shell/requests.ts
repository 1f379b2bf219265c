/** Request interception of one page: serves own schemes through their handlers and reports navigations by the page. */
import type { CdpSession } from './cdp.ts'
import { fromBrowserUrl, handlerFor, internalUrlPattern, toBrowserUrl } from './protocol.ts'
import { session as appSession, type HeaderFields } from './session.ts'

export interface RequestsOwner {
  readonly id: number
  getURL(): string
  /** The page itself wants its main frame to go to `url`; false: it must not. */
  allowsNavigation(url: string): boolean
}

interface PausedRequest {
  requestId: string
  frameId: string
  resourceType: string
  request: { url: string; method: string; headers: object; postData?: string }
}

const withoutHash = (url: string) => url.replace(/#.*/s, '')

export class Requests {
  readonly #session: CdpSession
  readonly #owner: RequestsOwner
  #mainFrame = ''
  /** Address the main process itself is loading, to be told from the page's own navigations. */
  #expected: string | null = null

  constructor(session: CdpSession, owner: RequestsOwner) {
    this.#session = session
    this.#owner = owner
    session.on('Fetch.requestPaused', (paused) => void this.#handle(paused))
  }

  async install(): Promise<void> {
    await this.#session.send('Fetch.enable', {
      patterns: [{ urlPattern: internalUrlPattern }, { urlPattern: 'http*', resourceType: 'Document' }],
    })
  }

  /** Tells which frame is the main one (its id lasts as long as the page). */
  setMainFrame(id: string): void {
    this.#mainFrame = id
  }

  /** The next navigation to this (app side) address is the main process's own. */
  expect(url: string): void {
    this.#expected = withoutHash(toBrowserUrl(url))
  }

  async #handle(paused: PausedRequest): Promise<void> {
    const { requestId, request } = paused
    const { send } = this.#session
    const url = fromBrowserUrl(request.url)
    try {
      if (paused.resourceType === 'Document' && paused.frameId === this.#mainFrame && !this.#mayNavigate(request.url)) {
        await send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        return
      }
      const handler = url === request.url ? null : handlerFor(url)
      if (!handler) {
        // An address of ours without a handler must fail here; anything else is the network's.
        if (url === request.url) await send('Fetch.continueRequest', { requestId })
        else await send('Fetch.failRequest', { requestId, errorReason: 'Failed' })
        return
      }
      const response = await handler(
        new Request(url, {
          method: request.method,
          headers: request.headers as Record<string, string>,
          ...(request.postData === undefined ? {} : { body: request.postData }),
        }),
      )
      await send('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status,
        responseHeaders: await this.#responseHeaders(url, response, paused),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      })
    } catch (error) {
      // A request of a document that is being left fails with an invalid id: nobody waits for it.
      if (
        error instanceof Error &&
        /Invalid InterceptionId|browser has ended|Session with given id/.test(error.message)
      )
        return
      console.error(`[browser shell] ${url}:`, error)
      send('Fetch.failRequest', { requestId, errorReason: 'Failed' }).catch(() => {})
    }
  }

  #mayNavigate(browserUrl: string): boolean {
    const own = this.#expected === withoutHash(browserUrl)
    this.#expected = null
    const url = fromBrowserUrl(browserUrl)
    const isReload = withoutHash(url) === withoutHash(this.#owner.getURL())
    return own || isReload || this.#owner.allowsNavigation(url)
  }

  async #responseHeaders(url: string, response: Response, { request, resourceType }: PausedRequest) {
    const responseHeaders: Record<string, string[]> = {}
    for (const [name, value] of response.headers) {
      // The body goes to the browser whole and decoded, whatever these say.
      if (name !== 'content-encoding' && name !== 'content-length') (responseHeaders[name] ??= []).push(value)
    }
    const fields: HeaderFields = await appSession.defaultSession.webRequest.filter({
      id: 1,
      url,
      method: request.method,
      webContentsId: this.#owner.id,
      resourceType: resourceType === 'Document' ? 'mainFrame' : resourceType.toLowerCase(),
      statusCode: response.status,
      statusLine: `HTTP/1.1 ${response.status}`,
      responseHeaders,
    })
    return Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })))
  }
}
