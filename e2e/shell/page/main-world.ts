/**
 * Runs in the page's own world before its first script: the receiving end of contextBridge, and `window.open`.
 *
 * Values cross between the worlds as `CustomEvent.detail`, which Blink structured-clones synchronously on access. Functions
 * and promises travel as numbered stand-ins: `{ $bridged }` lives in the isolated world, `{ $callback }` in this one,
 * `{ $promise }` is settled later.
 *
 * The source of this function is injected by toString: it uses nothing from outside itself.
 */
export function mainWorld(prefix: string): void {
  type Fields = Record<string, unknown>
  interface Outcome {
    value?: unknown
    error?: unknown
  }
  // Taken before any script of the page can replace them.
  const dispatch = window.dispatchEvent.bind(window)
  const listen = window.addEventListener.bind(window)
  const Message = CustomEvent
  const tell = (name: string, detail: unknown) => dispatch(new Message(prefix + name, { detail }))
  const hear = (name: string, listener: (detail: never) => void) =>
    listen(prefix + name, (event) => listener((event as CustomEvent).detail as never))

  const callbacks = new Map<number, (...args: unknown[]) => unknown>()
  const callbackIds = new WeakMap<object, number>()
  const promises = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>()
  let lastCallback = 0
  let answer: Outcome | null | undefined

  const isPlain = (value: unknown): value is Fields => {
    if (value === null || typeof value !== 'object') return false
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  }
  const mapFields = (fields: Fields, change: (value: unknown) => unknown): Fields =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))

  const outgoing = (value: unknown): unknown => {
    if (typeof value === 'function') {
      let id = callbackIds.get(value)
      if (id === undefined) {
        id = ++lastCallback
        callbackIds.set(value, id)
        callbacks.set(id, value as () => unknown)
      }
      return { $callback: id }
    }
    if (Array.isArray(value)) return value.map(outgoing)
    return isPlain(value) ? mapFields(value, outgoing) : value
  }
  const incoming = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(incoming)
    if (!isPlain(value)) return value
    const { $bridged, $promise } = value
    if (typeof $bridged === 'number') return (...args: unknown[]) => call($bridged, args)
    if (typeof $promise === 'number') {
      return new Promise((resolve, reject) => promises.set($promise, { resolve, reject }))
    }
    return mapFields(value, incoming)
  }
  const call = (bridged: number, args: unknown[]): unknown => {
    answer = undefined
    tell('call', { bridged, args: outgoing(args) })
    const outcome = answer as Outcome | null | undefined
    answer = undefined
    // An argument that cannot be cloned makes the whole detail null on the other side, so nobody answered.
    if (!outcome) throw new Error('An object could not be cloned.')
    if ('error' in outcome) throw outcome.error
    return incoming(outcome.value)
  }
  const freeze = (value: unknown): unknown => {
    if (value !== null && typeof value === 'object') {
      Object.values(value).forEach(freeze)
      Object.freeze(value)
    }
    return value
  }

  hear('return', (outcome: Outcome | null) => {
    answer = outcome
  })
  hear('settle', ({ promise, ...outcome }: Outcome & { promise: number }) => {
    const waiting = promises.get(promise)
    promises.delete(promise)
    if ('error' in outcome) waiting?.reject(outcome.error)
    else waiting?.resolve(incoming(outcome.value))
  })
  hear('callback', ({ id, args }: { id: number; args: unknown[] }) => {
    let outcome: Outcome
    try {
      outcome = { value: outgoing(callbacks.get(id)?.(...(incoming(args) as unknown[]))) }
    } catch (error) {
      outcome = { error }
      setTimeout(() => {
        throw error
      })
    }
    tell('callback-return', outcome)
  })
  hear('expose', ({ key, api }: { key: string; api: unknown }) => {
    if (!(key in window)) Object.defineProperty(window, key, { value: freeze(incoming(api)), enumerable: true })
  })

  window.open = (url) => {
    tell('open', new URL(String(url ?? 'about:blank'), location.href).href)
    return null
  }
  tell('hello', null)
}
