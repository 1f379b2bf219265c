/**
 * The structured clone algorithm over JSON: what Electron's IPC keeps (undefined, NaN, dates, maps, sets, bytes, errors ...)
 * arrives as it was sent; what it refuses (functions, symbols, promises, DOM nodes) is refused with the same error.
 * Not kept: cycles and shared references.
 */
export interface Codec {
  /** Gives a JSON value. Throws a DataCloneError for what cannot be cloned. */
  encode(value: unknown): unknown
  /** Undoes `encode`; may reuse (and change) the objects it is given. */
  decode(value: unknown): unknown
}

/** The source of this function also runs inside the page (by toString), so it uses nothing from outside itself. */
export function makeCodec(): Codec {
  type Tagged = { $: string; value: never; type: string; flags: string; stack: string }
  type Base64Array = Uint8Array & { toBase64(): string }
  type Base64Constructor = { fromBase64(text: string): Uint8Array<ArrayBuffer> }
  type ViewConstructor = new (buffer: ArrayBuffer) => ArrayBufferView

  const inNode = typeof Buffer === 'function'
  const toBase64 = (bytes: Uint8Array): string =>
    inNode
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
      : (bytes as Base64Array).toBase64()
  const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
    inNode ? new Uint8Array(Buffer.from(text, 'base64')) : (Uint8Array as unknown as Base64Constructor).fromBase64(text)

  const refuse = (): never => {
    const error = new Error('An object could not be cloned.')
    error.name = 'DataCloneError'
    throw error
  }
  const isUncloneable = (value: object): boolean =>
    value instanceof Promise ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    (typeof Node === 'function' && value instanceof Node) ||
    (typeof Blob === 'function' && value instanceof Blob)

  const encodeObject = (value: object): unknown => {
    if (Array.isArray(value)) return value.map(encode)
    if (ArrayBuffer.isView(value)) {
      const type = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name
      return { $: 'bytes', type, value: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    }
    if (value instanceof ArrayBuffer) return { $: 'bytes', type: 'ArrayBuffer', value: toBase64(new Uint8Array(value)) }
    if (value instanceof Date) return { $: 'date', value: encode(value.getTime()) }
    if (value instanceof Map) return { $: 'map', value: [...value].map(encode) }
    if (value instanceof Set) return { $: 'set', value: [...value].map(encode) }
    if (value instanceof RegExp) return { $: 'regexp', value: value.source, flags: value.flags }
    if (value instanceof Error) return { $: 'error', type: value.name, value: value.message, stack: value.stack }
    if (isUncloneable(value)) return refuse()
    const fields = Object.fromEntries(Object.entries(value).map(([key, field]) => [key, encode(field)]))
    return '$' in fields ? { $: 'object', value: fields } : fields
  }

  const encode = (value: unknown): unknown => {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'number':
        if (Object.is(value, -0)) return { $: 'number', value: '-0' }
        return Number.isFinite(value) ? value : { $: 'number', value: String(value) }
      case 'undefined':
        return { $: 'undefined' }
      case 'bigint':
        return { $: 'bigint', value: String(value) }
      case 'object':
        return value === null ? null : encodeObject(value)
      default:
        return refuse()
    }
  }

  const decodeTagged = (tagged: Tagged): unknown => {
    const { value } = tagged
    switch (tagged.$) {
      case 'number':
        return Number(value)
      case 'bigint':
        return BigInt(value)
      case 'bytes': {
        const bytes = fromBase64(value)
        if (tagged.type === 'Uint8Array') return bytes
        if (tagged.type === 'ArrayBuffer') return bytes.buffer
        const View = (globalThis as unknown as Record<string, ViewConstructor | undefined>)[tagged.type]
        return View ? new View(bytes.buffer) : bytes
      }
      case 'date':
        return new Date(decode(value) as number)
      case 'map':
        return new Map((value as unknown[]).map(decode) as [unknown, unknown][])
      case 'set':
        return new Set((value as unknown[]).map(decode))
      case 'regexp':
        return new RegExp(value, tagged.flags)
      case 'error': {
        const constructors: Record<string, ErrorConstructor | undefined> = { TypeError, RangeError, SyntaxError }
        const error = new (constructors[tagged.type] ?? Error)(value)
        Object.defineProperty(error, 'stack', { value: tagged.stack, configurable: true, writable: true })
        return error
      }
      case 'object':
        return decodeFields(value)
      default:
        return undefined
    }
  }
  const decodeFields = (fields: Record<string, unknown>): unknown => {
    for (const key of Object.keys(fields)) fields[key] = decode(fields[key])
    return fields
  }
  const decode = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = decode(value[i])
      return value
    }
    return '$' in value ? decodeTagged(value as Tagged) : decodeFields(value as Record<string, unknown>)
  }
  return { encode, decode }
}
