/** What is measured, and what is aimed at. */
import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { peer } from '../../testing/peers.ts'
import { measure, type Cost } from '../measure.ts'
import { watch } from './process-tree.ts'
import type { BenchServer } from './servers.ts'

export interface Sizes {
  /** Of the large file. */
  bytes: number
  logins: number
  smallFiles: number
  sessions: number
  listed: number
}

export interface Case {
  name: string
  tls: boolean
  /** Lays out what is served. */
  prepare(root: string, sizes: Sizes): void
  /** One run. `scratch` is a folder for what the client gets; what the server got is removed before the next run. */
  run(server: BenchServer, root: string, scratch: string, sizes: Sizes): Promise<Cost>
  /** Another row for ours: with the scan. */
  scanned?: boolean
}

const LOAD = path.join(import.meta.dirname, 'load.ts')
const MEBIBYTE = 1024 * 1024
/** Clients at the same time in the cases with many small jobs. */
const CLIENTS = 10

/** The client's time, and what the server spent meanwhile. */
async function cost(server: BenchServer, command: readonly [string, ...string[]]): Promise<Cost> {
  const watched = watch(server.pid)
  try {
    const { seconds } = await measure(command)
    return { seconds, ...watched.stop() }
  } finally {
    watched.stop()
  }
}

function curl(server: BenchServer, tls: boolean, ...args: string[]): readonly [string, ...string[]] {
  const secure = tls ? ['--ssl-reqd', '--insecure'] : []
  return [peer('curl'), '--silent', '--show-error', ...secure, '--user', `${server.user}:${server.password}`, ...args]
}

function load(server: BenchServer, what: string, count: number, name = ''): readonly [string, ...string[]] {
  const values = { port: server.port, user: server.user, password: server.password, count, sessions: CLIENTS, name }
  const flags = Object.entries(values).map(([flag, value]) => `--${flag}=${value}`)
  return [process.execPath, LOAD, what, ...flags]
}

function writeRandom(file: string, bytes: number): void {
  const handle = openSync(file, 'w')
  const block = Buffer.allocUnsafe(Math.min(bytes, 16 * MEBIBYTE))
  for (let left = bytes; left > 0; left -= block.length) {
    writeSync(handle, randomFillSync(block).subarray(0, Math.min(left, block.length)))
  }
  closeSync(handle)
}

function checkSize(file: string, bytes: number): void {
  const { size } = statSync(file)
  rmSync(file)
  if (size !== bytes) throw new Error(`${file} has ${size} bytes instead of ${bytes}`)
}

function largeFile(direction: 'get' | 'put', tls: boolean): Case {
  return {
    name: `${direction}-${tls ? 'tls' : 'plain'}`,
    tls,
    scanned: direction === 'put',
    prepare: (root, { bytes }) => writeRandom(path.join(root, 'source.bin'), bytes),
    run: async (server, root, scratch, { bytes }) => {
      const url = `ftp://127.0.0.1:${server.port}/`
      const [got, sent] = [path.join(scratch, 'received.bin'), path.join(root, 'received.bin')]
      const args =
        direction === 'get'
          ? ['--output', got, `${url}source.bin`]
          : ['--upload-file', path.join(root, 'source.bin'), `${url}received.bin`]
      const spent = await cost(server, curl(server, tls, ...args))
      checkSize(direction === 'get' ? got : sent, bytes)
      return spent
    },
  }
}

const SMALL_FOLDER = 'small'

/** Time until so many are logged in; memory is what the server then has. */
async function idleSessions(server: BenchServer, count: number): Promise<Cost> {
  const watched = watch(server.pid)
  const began = performance.now()
  const [command, ...args] = load(server, 'idle', count)
  const clients = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(clients, 'exit')
  try {
    await Promise.race([once(clients.stdout, 'data'), ended])
    if (clients.exitCode !== null) throw new Error('The clients could not log in.')
    return { seconds: (performance.now() - began) / 1000, ...watched.stop() }
  } finally {
    watched.stop()
    clients.stdin.end()
    await ended
  }
}

export const CASES: readonly Case[] = [
  largeFile('get', false),
  largeFile('get', true),
  largeFile('put', false),
  largeFile('put', true),
  {
    name: 'logins',
    tls: false,
    prepare: () => undefined,
    run: (server, _root, _scratch, { logins }) => cost(server, load(server, 'logins', logins)),
  },
  {
    name: 'small-get',
    tls: false,
    prepare: (root) => writeFileSync(path.join(root, 'small.bin'), Buffer.alloc(4096, 7)),
    run: (server, _root, _scratch, { smallFiles }) => cost(server, load(server, 'get', smallFiles, 'small.bin')),
  },
  {
    name: 'small-put',
    tls: false,
    prepare: () => undefined,
    run: async (server, root, _scratch, { smallFiles }) => {
      const folder = path.join(root, SMALL_FOLDER)
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder)
      return await cost(server, load(server, 'put', smallFiles, `${SMALL_FOLDER}/file`))
    },
  },
  {
    name: 'idle',
    tls: false,
    prepare: () => undefined,
    run: (server, _root, _scratch, { sessions }) => idleSessions(server, sessions),
  },
  {
    name: 'list',
    tls: false,
    prepare: (root, { listed }) => {
      for (let index = 0; index < listed; index++) writeFileSync(path.join(root, `file-${index}.txt`), '')
    },
    run: async (server, _root, scratch) => {
      const list = path.join(scratch, 'list')
      const spent = await cost(server, curl(server, false, '--output', list, `ftp://127.0.0.1:${server.port}/`))
      rmSync(list)
      return spent
    },
  },
]

export interface Target {
  cases: readonly string[]
  peer: string
  quantity: 'seconds' | 'memory'
  /** Ours divided by the peer's, at most. */
  ratio: number
}

/** 1.5 times the rate is two thirds of the time. */
const RATE = 1 / 1.5

export const TARGETS: readonly Target[] = [
  { cases: ['get-plain', 'get-tls', 'put-plain', 'put-tls'], peer: 'vsftpd', quantity: 'seconds', ratio: 1.3 },
  { cases: ['logins', 'small-get', 'small-put'], peer: 'pyftpdlib', quantity: 'seconds', ratio: RATE },
  { cases: ['idle'], peer: 'pyftpdlib', quantity: 'memory', ratio: 1 },
]
