/**
 * String work on this computer's paths, for showing and joining only; main resolves and checks them. Windows paths are
 * told by their shape, a drive letter or a UNC start, so that nothing needs to know the platform.
 */

const WINDOWS = /^(?:[A-Za-z]:|\\\\)/

const isWindows = (path: string): boolean => WINDOWS.test(path)

/** Joins a folder and a name with the folder's own separator. */
export function joinLocal(folder: string, name: string): string {
  const separator = isWindows(folder) ? '\\' : '/'
  return /[\\/]$/.test(folder) && (isWindows(folder) || folder.endsWith('/'))
    ? folder + name
    : folder + separator + name
}

/** The folders of a path from the root down, each with the text that a breadcrumb shows. */
export function localCrumbs(path: string): { label: string; path: string }[] {
  if (!isWindows(path)) return slashCrumbs(path)
  const drive = /^[A-Za-z]:/.exec(path)?.[0]
  const share = /^\\\\[^\\/]+[\\/][^\\/]+/.exec(path)?.[0]
  const root = drive ?? share ?? path
  const crumbs = [{ label: root, path: drive ? `${drive}\\` : root }]
  for (const part of path.slice(root.length).split(/[\\/]+/)) {
    const parent = crumbs.at(-1)
    if (part !== '' && parent) crumbs.push({ label: part, path: joinLocal(parent.path, part) })
  }
  return crumbs
}

/** The same for paths with "/" as their root: POSIX and every server's. */
export function slashCrumbs(path: string): { label: string; path: string }[] {
  const crumbs = [{ label: '/', path: '/' }]
  let at = ''
  for (const part of path.split('/')) {
    if (part === '') continue
    at += `/${part}`
    crumbs.push({ label: part, path: at })
  }
  return crumbs
}

/** The folder above; a root is its own parent. */
export function localParent(path: string): string {
  const crumbs = localCrumbs(path)
  return (crumbs.at(-2) ?? crumbs.at(-1))?.path ?? path
}

/** Last segment; the path itself for a root. */
export function localBasename(path: string): string {
  return localCrumbs(path).at(-1)?.label ?? path
}
