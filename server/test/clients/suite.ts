/**
 * What every client is asked to do with our server, and how it is seen that it did: by what lies on the disk, by the
 * audit log, and by the commands that came. A client says what it cannot do and why; the names of its tests show it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { startFtpServer, type TestFtpServer } from '../../../testing/ftp-server.ts'
import type { PeerName } from '../../../testing/peers.ts'

export const STEPS = ['list', 'mkdir', 'put', 'get', 'resume put', 'resume get', 'rename', 'delete'] as const
export type Step = (typeof STEPS)[number]

export const TLS_KINDS = ['plain', 'explicit TLS', 'implicit TLS'] as const
export const MODES = ['passive', 'active'] as const
export const FAMILIES = ['IPv4', 'IPv6'] as const

export interface Route {
  tls: (typeof TLS_KINDS)[number]
  mode: (typeof MODES)[number]
  family: (typeof FAMILIES)[number]
}

export type Ability = Step | Route[keyof Route]

/** What the client is told. Remote paths are as the account sees them. */
export interface Task extends Route {
  host: string
  /** As it stands in a URL: "[::1]". */
  urlHost: string
  port: number
  user: string
  password: string
  /** PEM of the authority to trust. */
  caFile: string
  fingerprint: string
  /** The server's own, PEM. */
  certificate: string
  steps: readonly Step[]
  /** Data connections must resume the TLS session. */
  resumed: boolean
  /** The client's own folder, with all that it sends, and where everything that it gets must lie. */
  local: string
  /** A home that nobody else uses. */
  home: string
  /** What the server has heard and said so far: "1 < USER sluice". */
  lines(): readonly string[]
}

/** Names that every client must get through whole: they stand in listings, commands and paths. */
export const NAMES = {
  /** In "/" on the server. */
  listed: ['a name.txt', 'größe.txt'],
  folder: 'made',
  put: 'up.bin',
  /** `put` lands here, or under its own name. */
  putAs: 'made/up.bin',
  get: 'down.bin',
  resumePut: 'half up.bin',
  resumeGet: 'half-down.bin',
  renameFrom: 'old.txt',
  renameTo: 'new name.txt',
  delete: 'gone.txt',
} as const

export interface Client {
  name: string
  peers: readonly PeerName[]
  /** What it cannot do, and why. */
  cannot: Partial<Record<Ability, string>>
  /** Why it cannot go this way, though it can do each part of it; null: it can. */
  cannotCombine?: (route: Route) => string | null
  /** It resumes the TLS session of the control connection: on half of the routes the server demands it. */
  resumes: boolean
  /** Does the task's steps in any order. Gives what it printed, with its listing of "/". @throws Error with that when it fails */
  run(task: Task): Promise<string>
  /** The listing that it shows is not text; then only the server says that it was asked for. */
  silentListing?: boolean
  /** Routes, where not all that it can. */
  routes?: readonly Route[]
}

const EVERY_ROUTE: readonly Route[] = TLS_KINDS.flatMap((tls) =>
  MODES.flatMap((mode) => FAMILIES.map((family) => ({ tls, mode, family }))),
)

/** More than one buffer, not a whole number of blocks. */
export const BYTES = 300_001
export const HALF = 100_000

/** A block of tests: the client on every route that it can take. */
export function describeClient(client: Client): void {
  const can = (ability: Ability): boolean => client.cannot[ability] === undefined
  const conceivable = EVERY_ROUTE.filter(({ tls, mode, family }) => [tls, mode, family].every(can))
  const barrier = (route: Route): string | null => client.cannotCombine?.(route) ?? null
  const routes = (client.routes ?? conceivable).filter((route) => barrier(route) === null)
  const steps = STEPS.filter(can)
  const lacks = [
    ...Object.entries(client.cannot).map(([ability, why]) => `no ${ability}: ${why}`),
    ...new Set(conceivable.map(barrier).filter((why) => why !== null)),
  ]
  const title = lacks.length === 0 ? client.name : `${client.name} (${lacks.join('; ')})`
  describeWith(['openssl', ...client.peers], title, () => {
    for (const route of routes) {
      const resumed = resumes(client, route) ? ' resumed' : ''
      test(`${route.tls}${resumed}, ${route.mode}, ${route.family}: ${steps.join(', ')}`, async () => {
        expect(await tryRoute(client, route, steps)).toEqual([])
      })
    }
  })
}

function resumes(client: Client, { tls, family }: Route): boolean {
  return client.resumes && tls !== 'plain' && family === 'IPv4'
}

/** Gives what the audit log lacks, and what it has then. */
async function tryRoute(client: Client, route: Route, steps: readonly Step[]): Promise<string[]> {
  const server = await serverFor(client, route)
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-client-')))
  onTestFinished(() => rmSync(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
  const task = { ...taskFor(server, route, steps, base), resumed: resumes(client, route) }
  const files = prepare(server.root, task.local)
  const output = await client.run(task)
  checkFiles(server.root, task, files)
  if (steps.includes('list') && client.silentListing !== true) {
    for (const name of NAMES.listed) expect(output).toContain(name)
  }
  checkRoute(server, route)
  expect(server.problems()).toEqual([])
  return await checkAudit(server, task)
}

async function serverFor(client: Client, route: Route): Promise<TestFtpServer> {
  const server = await startFtpServer({
    config: {
      host: route.family === 'IPv4' ? '127.0.0.1' : '::1',
      implicitPort: 0,
      // With `required` a client that quietly goes on in clear would be refused, and so be seen.
      tls: { mode: route.tls === 'plain' ? 'allowed' : 'required', requireResumption: resumes(client, route) },
    },
  })
  onTestFinished(() => server.stop())
  return server
}

function taskFor(server: TestFtpServer, route: Route, steps: readonly Step[], base: string): Omit<Task, 'resumed'> {
  const { host, port, implicitPort, user, password, caFile, fingerprint } = server
  const local = path.join(base, 'local')
  const home = path.join(base, 'home')
  mkdirSync(local)
  mkdirSync(home)
  return {
    ...route,
    host,
    urlHost: host.includes(':') ? `[${host}]` : host,
    port: route.tls === 'implicit TLS' ? (implicitPort ?? 0) : port,
    user,
    password,
    caFile,
    fingerprint,
    certificate: server.certificate.current().cert,
    steps,
    local,
    home,
    lines: server.lines,
  }
}

/** Lays out both sides; gives the content of each file that moves. */
function prepare(root: string, local: string): Record<'put' | 'get' | 'resumePut' | 'resumeGet', Buffer> {
  const files = {
    put: randomBytes(BYTES),
    get: randomBytes(BYTES),
    resumePut: randomBytes(BYTES),
    resumeGet: randomBytes(BYTES),
  }
  for (const name of [...NAMES.listed, NAMES.renameFrom, NAMES.delete]) writeFileSync(path.join(root, name), name)
  writeFileSync(path.join(local, NAMES.put), files.put)
  writeFileSync(path.join(root, NAMES.get), files.get)
  writeFileSync(path.join(local, NAMES.resumePut), files.resumePut)
  writeFileSync(path.join(root, NAMES.resumePut), files.resumePut.subarray(0, HALF))
  writeFileSync(path.join(root, NAMES.resumeGet), files.resumeGet)
  writeFileSync(path.join(local, NAMES.resumeGet), files.resumeGet.subarray(0, HALF))
  return files
}

function checkFiles(root: string, { steps, local }: Task, files: ReturnType<typeof prepare>): void {
  // Not toEqual: two unequal buffers of this size would take a minute to print.
  const holds = (folder: string, name: string, content: Buffer): boolean =>
    existsSync(path.join(folder, name)) && readFileSync(path.join(folder, name)).equals(content)
  const done: Record<Step, () => boolean> = {
    list: () => true,
    mkdir: () => existsSync(path.join(root, NAMES.folder)),
    put: () => holds(root, steps.includes('mkdir') ? NAMES.putAs : NAMES.put, files.put),
    get: () => holds(local, NAMES.get, files.get),
    'resume put': () => holds(root, NAMES.resumePut, files.resumePut),
    'resume get': () => holds(local, NAMES.resumeGet, files.resumeGet),
    rename: () =>
      holds(root, NAMES.renameTo, Buffer.from(NAMES.renameFrom)) && !existsSync(path.join(root, NAMES.renameFrom)),
    delete: () => !existsSync(path.join(root, NAMES.delete)),
  }
  expect(steps.filter((step) => !done[step]())).toEqual([])
}

/** It really went that way. */
function checkRoute(server: TestFtpServer, { tls, mode, family }: Route): void {
  const commands = new Set(server.lines().flatMap((line) => /^\d+ < (\S+)/.exec(line)?.[1]?.toUpperCase() ?? []))
  const used = (...verbs: string[]): boolean => verbs.some((verb) => commands.has(verb))
  expect({ passive: used('PASV', 'EPSV'), active: used('PORT', 'EPRT') }).toEqual({
    passive: mode === 'passive',
    active: mode === 'active',
  })
  // Some try AUTH wherever they are; in clear they must have been told to, or not have been asked.
  if (tls === 'explicit TLS') expect(used('AUTH')).toBe(true)
  if (tls !== 'plain') expect(used('PROT') || tls === 'implicit TLS').toBe(true)
  if (family === 'IPv6') expect(used('PASV', 'PORT')).toBe(false)
}

/** Half of a resumed file must have moved, and everything by whom and from where it was. */
async function checkAudit(server: TestFtpServer, { steps, host, user }: Task): Promise<string[]> {
  const { audit } = server.database
  await audit.flush()
  const entries = await audit.page({ limit: 1000 })
  const done = entries.filter(
    ({ outcome, account, address }) => outcome === 'ok' && account === user && address === host,
  )
  const find = (kind: string, name: string, bytes?: number): boolean =>
    done.some((entry) => {
      if (entry.kind !== kind || (bytes !== undefined && entry.bytes !== bytes)) return false
      if (entry.path === `/${name}`) return true
      // Some upload under another name and rename what is whole.
      return done.some(({ kind: then, path: from, target }) => {
        return kind === 'upload' && then === 'rename' && from === entry.path && target === `/${name}`
      })
    })
  const told: Record<Step, () => boolean> = {
    list: () => true,
    mkdir: () => find('mkdir', NAMES.folder),
    put: () => find('upload', steps.includes('mkdir') ? NAMES.putAs : NAMES.put, BYTES),
    get: () => find('download', NAMES.get, BYTES),
    'resume put': () => find('upload', NAMES.resumePut, BYTES - HALF),
    'resume get': () => find('download', NAMES.resumeGet, BYTES - HALF),
    rename: () => find('rename', NAMES.renameFrom),
    delete: () => find('delete', NAMES.delete),
  }
  expect(entries.some(({ kind, outcome }) => kind === 'login' && outcome === 'ok')).toBe(true)
  const missing = steps.filter((step) => !told[step]())
  const seen = entries.map(({ kind, outcome, path: at, bytes }) => [kind, outcome, at, bytes].join(' '))
  return missing.length === 0 ? [] : [...missing, ...seen]
}
