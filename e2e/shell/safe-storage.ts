/**
 * `safeStorage` without a keyring: AES-256-GCM under a key file in the user's data folder. It keeps secrets out of plain
 * sight, not from anybody who can read that folder; therefore it calls itself 'basic_text', as Electron does in that case.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app } from './app.ts'

const prefix = Buffer.from('shell1')
const ivLength = 12
const tagLength = 16

function key(): Buffer {
  const folder = app.getPath('userData')
  const file = join(folder, 'browser-shell.key')
  try {
    return readFileSync(file)
  } catch {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' })
    return readFileSync(file)
  }
}

export const safeStorage = {
  isEncryptionAvailable: () => app.isReady(),
  getSelectedStorageBackend: () => 'basic_text',
  setUsePlainTextEncryption(): void {},
  encryptString(text: string): Buffer {
    const iv = randomBytes(ivLength)
    const cipher = createCipheriv('aes-256-gcm', key(), iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([prefix, iv, cipher.getAuthTag(), body])
  },
  /** Throws Electron's error for anything that `encryptString` did not make with this key. */
  decryptString(encrypted: Buffer): string {
    try {
      if (!encrypted.subarray(0, prefix.length).equals(prefix)) throw new Error('not encrypted by the browser shell')
      const rest = encrypted.subarray(prefix.length)
      const decipher = createDecipheriv('aes-256-gcm', key(), rest.subarray(0, ivLength))
      decipher.setAuthTag(rest.subarray(ivLength, ivLength + tagLength))
      return decipher.update(rest.subarray(ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      const message = 'Error while decrypting the ciphertext provided to safeStorage.decryptString.'
      throw new Error(message, { cause })
    }
  },
}
