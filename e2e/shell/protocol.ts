/**
 * Own schemes (`app://`) and `net.fetch`. A browser knows no scheme of ours, so inside it `app://host/path` is
 * `https://host.app.app.internal/path`, answered by request interception; no such request ever leaves the browser.
 */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

export type ProtocolHandler = (request: Request) => Response | Promise<Response>

/** Scheme -> its handler; null: registered, not handled yet. */
const schemes = new Map<string, ProtocolHandler | null>()

export const internalUrlPattern = 'https://*.app.internal/*'

/** `app://host/path` -> the https address the browser gets. Other addresses stay as they are. */
export function toBrowserUrl(url: string): string {
  const [, scheme, host, rest] = /^([a-z][\w+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  return scheme !== undefined && schemes.has(scheme)
    ? `https://${host || 'x'}.${scheme}.app.internal${rest || '/'}`
    : url
}

/** Undoes `toBrowserUrl`. */
export function fromBrowserUrl(url: string): string {
  const [, host, scheme, rest] = /^https:\/\/(.+)\.([\w+-]+)\.app\.internal(\/.*)?$/.exec(url) ?? []
  return scheme === undefined ? url : `${scheme}://${host}${rest ?? '/'}`
}

/** Origin as Electron reports it, with the host also for an own scheme (which `URL.origin` calls 'null'). */
export function originOf(url: string): string {
  if (!URL.canParse(url)) return 'null'
  const { origin, protocol: scheme, host } = new URL(url)
  return origin === 'null' && host ? `${scheme}//${host}` : origin
}

/** The handler responsible for this (app side) address, if there is one. */
export function handlerFor(url: string): ProtocolHandler | null {
  return schemes.get(url.slice(0, url.indexOf(':'))) ?? null
}

export const protocol = {
  registerSchemesAsPrivileged(list: { scheme: string }[]): void {
    for (const { scheme } of list) schemes.set(scheme, schemes.get(scheme) ?? null)
  },
  handle(scheme: string, handler: ProtocolHandler): void {
    if (schemes.get(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    schemes.set(scheme, handler)
  },
  unhandle: (scheme: string) => schemes.delete(scheme),
  isProtocolHandled: (scheme: string) => Boolean(schemes.get(scheme)),
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

export const net = {
  /** As global fetch, and `file:` addresses too. Rejects with Chromium's error name for a missing file. */
  async fetch(input: string | Request, init?: RequestInit): Promise<Response> {
    const url = typeof input === 'string' ? input : input.url
    if (!url.startsWith('file:')) return fetch(input, init)
    const path = fileURLToPath(url)
    try {
      const body = await readFile(path)
      return new Response(body, { headers: { 'content-type': types[extname(path)] ?? 'application/octet-stream' } })
    } catch (error) {
      throw new Error('net::ERR_FILE_NOT_FOUND', { cause: error })
    }
  },
  isOnline: () => true,
}
