/** Paths on the server: always "/", never the local separator. Pure string work, nothing is asked of the server. */

/** Joins a folder and a name; the name must not be empty. */
export function joinRemote(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

/** The folder above; the root's parent is the root. */
export function remoteParent(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path
  const at = trimmed.lastIndexOf('/')
  return at <= 0 ? '/' : trimmed.slice(0, at)
}

/** Last segment; '' for the root. */
export function remoteBasename(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? ''
}

/** Resolves `path` against `folder`, with "." and ".." worked out; the result is absolute and has no final "/". */
export function resolveRemote(folder: string, path: string): string {
  const parts: string[] = []
  for (const segment of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') parts.pop()
    else parts.push(segment)
  }
  return `/${parts.join('/')}`
}
