/** A scanning agent that nobody started for himself: reached by TLS with a token, as one on another machine would be. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { serverCertificate } from './certificates.ts'

const ENTRY = path.join(import.meta.dirname, '../agent/main.ts')

export interface RemoteAgent {
  /** https://host:port */
  url: string
  tokenFile: string
  /** PEM of the authority that signed its certificate. */
  certificateFile: string
  stop(): Promise<void>
}

/**
 * Starts it in front of a clamd.
 * @param clamd as the agent's `--clamd` takes it
 * @param folder absolute; gets the token and the certificates
 * @throws Error when it ends before it listens
 */
export async function startRemoteAgent(clamd: string, folder: string): Promise<RemoteAgent> {
  const { cert, key, ca } = serverCertificate('valid')
  const file = (name: string, text: string): string => {
    const target = path.join(folder, name)
    writeFileSync(target, text, { mode: 0o600 })
    return target
  }
  const tokenFile = file('token', 'not-a-secret-but-long-enough-for-a-token')
  const certificateFile = file('ca.pem', ca)
  const tls = { 'tls-cert': file('cert.pem', cert), 'tls-key': file('key.pem', key) }
  const options = { listen: '127.0.0.1:0', 'token-file': tokenFile, ...tls, engine: 'clamd', clamd }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const agent = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(agent, 'exit')
  const lines = createInterface({ input: agent.stdout })
  const [first] = (await Promise.race([once(lines, 'line'), ended])) as [unknown]
  const url = /https:\S+/.exec(String(first))?.[0]
  if (url === undefined) throw new Error(`The agent did not start: ${String(first)}`)
  const stop = async (): Promise<void> => {
    agent.kill()
    await ended
  }
  return { url, tokenFile, certificateFile, stop }
}
