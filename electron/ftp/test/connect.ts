/** What the engine's tests share: a scripted server and a client on it, both ended with the test. */
import { onTestFinished } from 'vitest'
import { FtpClient, type FtpLine, type FtpOptions } from '../index.ts'
import { startScriptedServer, type ScriptedOptions, type ScriptedServer } from '../../../testing/scripted-server.ts'

export async function scripted(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(options)
  onTestFinished(() => server.stop())
  return server
}

export function optionsFor(
  server: { host: string; port: number },
  options: Partial<FtpOptions> & { protocol?: FtpOptions['endpoint']['protocol'] } = {},
): FtpOptions {
  const { protocol = 'ftp', ...rest } = options
  return {
    endpoint: { protocol, host: server.host, port: server.port, user: 'me' },
    password: 'geheim',
    dataMode: 'passive',
    ...rest,
  }
}

export async function connectTo(
  server: { host: string; port: number },
  options: Parameters<typeof optionsFor>[1] = {},
): Promise<FtpClient> {
  const client = await FtpClient.connect(optionsFor(server, options))
  onTestFinished(() => client.destroy())
  return client
}

/** A server, a client on it, and what the client said about its conversation. */
export async function conversation(
  behaviour: ScriptedOptions = {},
  options: Parameters<typeof optionsFor>[1] = {},
): Promise<{ server: ScriptedServer; client: FtpClient; lines: FtpLine[] }> {
  const server = await scripted(behaviour)
  const lines: FtpLine[] = []
  const client = await connectTo(server, { onLine: (line) => lines.push(line), ...options })
  return { server, client, lines }
}

/** Downloads into memory. */
export async function fetchBytes(
  client: FtpClient,
  path: string,
  options: Partial<Parameters<FtpClient['download']>[2]> = {},
): Promise<Buffer> {
  const chunks: Buffer[] = []
  await client.download(path, (chunk) => void chunks.push(Buffer.from(chunk)), { type: 'binary', ...options })
  return Buffer.concat(chunks)
}

export async function* bytesOf(data: Buffer, chunk = 1024 * 1024): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < data.length; at += chunk) yield data.subarray(at, at + chunk)
}

/** All names of a listing. */
export async function namesIn(
  client: FtpClient,
  path: string,
  onUnreadable?: (line: string) => void,
): Promise<string[]> {
  const names: string[] = []
  for await (const batch of client.list(path, onUnreadable ? { onUnreadable } : {})) {
    names.push(...batch.map((entry) => entry.name))
  }
  return names
}
