/** The default session, the only one: response headers of own schemes, and permissions (always denied by the browser). */
import { EventEmitter } from 'node:events'
import { net, protocol } from './protocol.ts'

export type HeaderFields = Record<string, string | string[]>
interface HeadersReceived {
  id: number
  url: string
  method: string
  webContentsId: number
  resourceType: string
  statusCode: number
  statusLine: string
  responseHeaders: Record<string, string[]>
}
type HeadersListener = (
  details: HeadersReceived,
  callback: (response: { responseHeaders?: HeaderFields; cancel?: boolean }) => void,
) => void

class WebRequest {
  #listener: HeadersListener | null = null

  /** `onHeadersReceived([filter,] listener)`; a filter is taken as "every address". */
  onHeadersReceived(...args: (HeadersListener | object | null)[]): void {
    const listener = args.at(-1)
    this.#listener = typeof listener === 'function' ? (listener as HeadersListener) : null
  }

  /** The headers after the app had its say. */
  async filter(details: HeadersReceived): Promise<HeaderFields> {
    const listener = this.#listener
    if (!listener) return details.responseHeaders
    const { responseHeaders } = await new Promise<{ responseHeaders?: HeaderFields }>((resolve) =>
      listener(details, resolve),
    )
    return responseHeaders ?? details.responseHeaders
  }
}

class Session extends EventEmitter {
  readonly protocol = protocol
  readonly webRequest = new WebRequest()
  readonly fetch = net.fetch
  // The browser denies every prompt by itself (--deny-permission-prompts), so these handlers are never asked.
  setPermissionRequestHandler(): void {}
  setPermissionCheckHandler(): void {}
  setDevicePermissionHandler(): void {}
  setDisplayMediaRequestHandler(): void {}
  setSpellCheckerEnabled(): void {}
  async clearCache(): Promise<void> {}
  async clearStorageData(): Promise<void> {}
}

const defaultSession = new Session()
export const session = { defaultSession, fromPartition: () => defaultSession }
