/** The built bundles in out/: whether they are older than the sources, and their build. */
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..')
const sources = ['common', 'electron', 'agent', 'cli', 'server', 'renderer', 'electron.vite.config.ts', 'package.json']
const bundles = [
  'out/main/index.js',
  'out/main/agent.js',
  'out/main/cli.js',
  'out/main/server.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

/** Modification time (ms) of the newest file at or below `path`; tests do not count. -Infinity if there is none. */
function newestFile(path: string): number {
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status) return -Infinity
  if (!status.isDirectory()) return status.mtimeMs
  const names = readdirSync(path).filter((name) => name !== 'test' && !/\.test\.tsx?$/.test(name))
  return names.reduce((newest, name) => Math.max(newest, newestFile(join(path, name))), -Infinity)
}

/** Whether a bundle is missing or older than a source. Paths are relative to `root`. */
export function needsBuild(root: string, sourcePaths: string[], bundlePaths: string[]): boolean {
  const built = bundlePaths.map((path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? -Infinity)
  const newest = Math.max(...sourcePaths.map((path) => newestFile(join(root, path))))
  return Math.min(...built) < newest
}

/**
 * Builds what is not up to date.
 * @returns null, or the build's output if it failed
 */
export async function buildIfNeeded(say: (line: string) => void): Promise<string | null> {
  if (!needsBuild(repository, sources, bundles)) return null
  say('Building ...')
  const builder = join(repository, 'node_modules/electron-vite/bin/electron-vite.js')
  const child = spawn(process.execPath, [builder, 'build'], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  return new Promise((done) => {
    child.once('error', (error) => done(error.message))
    child.once('close', (code) => done(code === 0 ? null : output))
  })
}
