/**
 * Runs in "Electron Isolated Context", a world of its own beside the page's: `ipcRenderer`, `contextBridge`, `webUtils`,
 * then the unchanged (CommonJS, bundled) preload. The page can reach neither this world nor the binding it talks through.
 *
 * The source of this function is injected by toString: it uses nothing from outside itself.
 */
import type { Codec } from '../codec.ts'
import type { Accelerator, FromPage, OverlayRequest, PageConfig, ShellEntryPoints, ToPage } from './messages.ts'

type Preload = (
  require: (id: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  process: unknown,
  global: unknown,
) => void

export function isolatedWorld(
  makeCodec: () => Codec,
  makeOverlay: (answer: (id: number, value: unknown) => void) => (id: number, request: OverlayRequest) => void,
  config: PageConfig,
  preload: Preload | null,
): void {
  type Fields = Record<string, unknown>
  type Listener = (event: unknown, ...args: unknown[]) => void
  interface Outcome {
    value?: unknown
    error?: unknown
  }
  if (window !== window.top) return // sub-frames get no preload
  const { encode, decode } = makeCodec()
  const world = globalThis as unknown as { __shellSend?: (text: string) => void; __shell?: ShellEntryPoints }
  const binding = world.__shellSend
  delete world.__shellSend
  const toMain = (message: FromPage) => binding?.(JSON.stringify(message))

  /**
   * A synchronous question to the main process: the debugger statement halts the page, the shell finds this frame by its
   * function name, reads the arguments, writes the answer into `box.value` and lets the page go on.
   */
  const box: { value: unknown } = { value: undefined }
  const __shellSync = (_kind: 'ipc' | 'file', _payload: string, _file?: File): unknown => {
    box.value = undefined
    // eslint-disable-next-line no-debugger
    debugger
    return box.value
  }

  // --- ipcRenderer
  const listeners = new Map<string, { listener: Listener; once: boolean }[]>()
  const calls = new Map<number, { channel: string; resolve(value: unknown): void; reject(error: Error): void }>()
  let lastCall = 0
  const add = (channel: string, listener: Listener, once: boolean) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }])
    return ipcRenderer
  }
  const remove = (channel: string, listener: Listener) => {
    const list = listeners.get(channel) ?? []
    const index = list.findLastIndex((entry) => entry.listener === listener)
    if (index >= 0) listeners.set(channel, list.toSpliced(index, 1))
    return ipcRenderer
  }
  const ipcRenderer = {
    on: (channel: string, listener: Listener) => add(channel, listener, false),
    addListener: (channel: string, listener: Listener) => add(channel, listener, false),
    once: (channel: string, listener: Listener) => add(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners(channel?: string) {
      if (channel === undefined) listeners.clear()
      else listeners.delete(channel)
      return ipcRenderer
    },
    listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
    send: (channel: string, ...args: unknown[]) => toMain({ kind: 'send', channel, args: encode(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const message: FromPage = { kind: 'invoke', id: ++lastCall, channel, args: encode(args) }
        calls.set(lastCall, { channel, resolve, reject })
        toMain(message)
      }),
    sendSync: (channel: string, ...args: unknown[]) =>
      decode(JSON.parse(__shellSync('ipc', JSON.stringify({ channel, args: encode(args) })) as string)),
  }
  const deliver = (message: ToPage) => {
    if (message.kind === 'event') {
      const args = decode(message.args) as unknown[]
      for (const { listener, once } of listeners.get(message.channel) ?? []) {
        if (once) remove(message.channel, listener)
        try {
          listener({ sender: ipcRenderer, ports: [] }, ...args)
        } catch (error) {
          setTimeout(() => {
            throw error
          })
        }
      }
      return
    }
    const call = calls.get(message.id)
    calls.delete(message.id)
    if (message.kind === 'result') call?.resolve(decode(message.value))
    else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.message}`))
  }

  // --- contextBridge: the other end is main-world.ts, where the stand-ins are explained
  const tell = (name: string, detail: unknown) =>
    window.dispatchEvent(new CustomEvent(config.events + name, { detail }))
  const hear = (name: string, listener: (detail: never) => void) =>
    window.addEventListener(config.events + name, (event) => listener((event as CustomEvent).detail as never))
  const bridged = new Map<number, (...args: unknown[]) => unknown>()
  const bridgedIds = new WeakMap<object, number>()
  const callbackProxies = new Map<number, (...args: unknown[]) => unknown>()
  const exposed: { key: string; api: unknown }[] = []
  let lastBridged = 0
  let lastPromise = 0
  let callbackAnswer: Outcome | null | undefined

  const isPlain = (value: unknown): value is Fields => {
    if (value === null || typeof value !== 'object') return false
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  }
  const mapFields = (fields: Fields, change: (value: unknown) => unknown): Fields =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))
  const plainError = (error: unknown) => (error instanceof Error ? new Error(error.message) : error)

  const outgoing = (value: unknown): unknown => {
    if (typeof value === 'function') {
      let id = bridgedIds.get(value)
      if (id === undefined) {
        id = ++lastBridged
        bridgedIds.set(value, id)
        bridged.set(id, value as () => unknown)
      }
      return { $bridged: id }
    }
    if (value instanceof Promise) {
      const promise = ++lastPromise
      value.then(
        (result) => tell('settle', { promise, value: outgoing(result) }),
        (error: unknown) => tell('settle', { promise, error: plainError(error) }),
      )
      return { $promise: promise }
    }
    if (Array.isArray(value)) return value.map(outgoing)
    return isPlain(value) ? mapFields(value, outgoing) : value
  }
  const incoming = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(incoming)
    if (!isPlain(value)) return value
    const { $callback } = value
    if (typeof $callback !== 'number') return mapFields(value, incoming)
    // The same callback must stay the same function here, or `off` would not find what `on` was given.
    let proxy = callbackProxies.get($callback)
    if (!proxy) {
      proxy = (...args) => {
        callbackAnswer = undefined
        tell('callback', { id: $callback, args: outgoing(args) })
        const outcome = callbackAnswer as Outcome | null | undefined
        return outcome && 'value' in outcome ? incoming(outcome.value) : undefined
      }
      callbackProxies.set($callback, proxy)
    }
    return proxy
  }
  hear('callback-return', (outcome: Outcome | null) => {
    callbackAnswer = outcome
  })
  hear('call', (call: { bridged: number; args: unknown } | null) => {
    if (!call) return // not cloneable: the silence tells
    let outcome: Outcome
    try {
      outcome = { value: outgoing(bridged.get(call.bridged)?.(...(incoming(call.args) as unknown[]))) }
    } catch (error) {
      outcome = { error: plainError(error) }
    }
    tell('return', outcome)
  })
  hear('hello', () => exposed.forEach((entry) => tell('expose', entry)))
  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown) {
      const entry = { key, api: outgoing(api) }
      exposed.push(entry)
      tell('expose', entry)
    },
  }
  const webUtils = {
    getPathForFile(file: unknown): unknown {
      if (!(file instanceof File)) throw new TypeError('getPathForFile: the argument is not a File')
      return __shellSync('file', '', file)
    },
  }

  // --- new windows and accelerators
  hear('open', (url: string) => toMain({ kind: 'open', url }))
  window.addEventListener('click', (event) => {
    const link = event
      .composedPath()
      .find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement && node.href !== '')
    if (!link || event.defaultPrevented) return
    if (link.target !== '_blank' && !event.ctrlKey && !event.metaKey && !event.shiftKey) return
    event.preventDefault()
    toMain({ kind: 'open', url: link.href })
  })
  let accelerators: Accelerator[] = []
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return // as in Electron, the page goes first
    const hit = accelerators.find(
      ({ key, ctrl, meta, alt, shift }) =>
        key === event.key.toLowerCase() &&
        ctrl === event.ctrlKey &&
        meta === event.metaKey &&
        alt === event.altKey &&
        shift === event.shiftKey,
    )
    if (!hit) return
    event.preventDefault()
    toMain({ kind: 'accelerator', index: hit.index })
  })

  world.__shell = {
    receive: (batch) => (JSON.parse(batch) as ToPage[]).forEach(deliver),
    show: makeOverlay((id, value) => toMain({ kind: 'answer', id, value })),
    setAccelerators(list) {
      accelerators = list
    },
  }

  // --- the preload
  const electron = { ipcRenderer, contextBridge, webUtils, webFrame: {} }
  const fakeProcess: Record<string, unknown> = {
    ...config.process,
    nextTick: (task: (...args: unknown[]) => void, ...args: unknown[]) => queueMicrotask(() => task(...args)),
    on: () => fakeProcess,
    once: () => fakeProcess,
  }
  const requireElectron = (id: string) => {
    if (id === 'electron' || id === 'electron/renderer' || id === 'electron/common') return electron
    throw new Error(`module not found: ${id}`)
  }
  const module = { exports: {} }
  toMain({ kind: 'ready' })
  try {
    preload?.(requireElectron, module, module.exports, fakeProcess, globalThis)
  } catch (error) {
    toMain({ kind: 'preload-error', message: String(error instanceof Error ? error.stack : error) })
    console.error('Unable to load preload script', error)
  }
}
