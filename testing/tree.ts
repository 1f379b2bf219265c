/** What lies below a folder. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of all files and folders below `root`, sorted, with "/" between names and at the end of folders. */
export function tree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((item) => join(item.parentPath, item.name).slice(root.length + 1) + (item.isDirectory() ? '/' : ''))
    .toSorted()
}

/** The same without the folders. */
export function filesBelow(root: string): string[] {
  return tree(root).filter((path) => !path.endsWith('/'))
}
