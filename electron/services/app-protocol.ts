/** Serves the window's own files from `app://sluice/`, with the policy that keeps everything else out. */
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

export const APP_SCHEME = 'app'
export const APP_ORIGIN = `${APP_SCHEME}://sluice`

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/**
 * Makes the handler for `protocol.handle(APP_SCHEME, ...)`.
 * @param folder absolute path of the built renderer; nothing outside it is served
 */
export function createAppProtocol(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    const file = join(folder, decodeURIComponent(url.pathname))
    const mediaType = MEDIA_TYPES[extname(file)]
    if (request.method !== 'GET' || url.host !== 'sluice' || !file.startsWith(folder + sep) || !mediaType) {
      return refuse(403)
    }
    try {
      const body = await readFile(file)
      return new Response(new Uint8Array(body), { headers: { ...SECURITY_HEADERS, 'Content-Type': mediaType } })
    } catch {
      return refuse(404)
    }
  }
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: SECURITY_HEADERS })
}
