/**
 * Password hashes: scrypt (RFC 7914) with its parameters and a salt of its own beside each, so that the parameters can
 * grow and old hashes still count. Text: "scrypt$N$r$p$salt$key", both base64url.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export interface ScryptCost {
  /** A power of two. Memory is 128 * N * r bytes. */
  N: number
  r: number
  p: number
}

/** 32 MiB and about 0.15 s on a small computer: as much work as the larger memory that others take. */
export const DEFAULT_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 }

const KEY_BYTES = 32
const SALT_BYTES = 16
/** A hash in the database must not be able to ask for all of the memory. */
const MAX_MEMORY = 256 * 1024 * 1024
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{16,128})\$([\w-]{43})$/

interface ParsedHash {
  cost: ScryptCost
  salt: Buffer
  key: Buffer
}

function parse(text: string): ParsedHash | null {
  const [, N, r, p, salt, key] = FORM.exec(text) ?? []
  if (N === undefined || salt === undefined || key === undefined) return null
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  }
}

/** Keyboards write the same letter composed or decomposed (RFC 8265 section 4.2). */
export function passwordBytes(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'), 'utf8')
}

async function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  scrypt(passwordBytes(password), salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) => {
    if (error === null) resolve(key)
    else reject(error)
  })
  return await promise
}

/** @param like a hash of the same password, whose salt is kept: see `passwordMark` */
export async function hashPassword(password: string, cost: ScryptCost, like?: string): Promise<string> {
  const salt = (like === undefined ? null : parse(like)?.salt) ?? randomBytes(SALT_BYTES)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** A hash that no password fits; to check against it costs what a real one costs. */
export function unmatchableHash(cost: ScryptCost): string {
  const random = (bytes: number): string => randomBytes(bytes).toString('base64url')
  return ['scrypt', cost.N, cost.r, cost.p, random(SALT_BYTES), random(KEY_BYTES)].join('$')
}

/**
 * Whether the password made the hash. In constant time after the derivation.
 * @throws Error when the hash is none: the database was changed by hand
 */
export async function fits(password: string, hash: string): Promise<boolean> {
  const parsed = parse(hash)
  if (parsed === null) throw new Error('The password hash of the account cannot be read.')
  const key = await derive(password, parsed.salt, parsed.cost)
  return timingSafeEqual(key, parsed.key)
}

/** Changes with the password, and not when the same one is hashed again with other parameters. */
export function passwordMark(hash: string): string {
  return parse(hash)?.salt.toString('base64url') ?? ''
}

/** True when the hash was made with other parameters than new ones get. */
export function isOutdated(hash: string, cost: ScryptCost): boolean {
  const parsed = parse(hash)
  return parsed !== null && (parsed.cost.N !== cost.N || parsed.cost.r !== cost.r || parsed.cost.p !== cost.p)
}
