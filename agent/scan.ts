/** One body through one engine, into one report. */
import { createHash } from 'node:crypto'
import { SluiceError } from '../common/errors.ts'
import type { ScanReport } from '../common/models.ts'
import type { EngineStatus, ScanEngine, ScanSession } from './engine.ts'

/**
 * Scans a body while it arrives. Gives a report with verdict ERROR when the engine fails; rethrows what the body
 * throws (a client that went away) and what `signal` aborts with.
 * @param status the engine's, seen before the scan: its signature version names the report's
 */
export async function scanBody(
  body: AsyncIterable<Buffer>,
  engine: ScanEngine,
  status: EngineStatus,
  signal: AbortSignal,
): Promise<ScanReport> {
  const from = performance.now()
  const hash = createHash('sha256')
  let bytes = 0
  const report = (rest: Pick<ScanReport, 'verdict' | 'signature' | 'sha256' | 'message'>): ScanReport => ({
    ...rest,
    engine: status.engine,
    engineVersion: status.engineVersion,
    signatureVersion: status.signatureVersion,
    bytes,
    ms: Math.round((performance.now() - from) * 10) / 10,
  })
  const failed = (error: unknown, sha256: string | null): ScanReport => {
    signal.throwIfAborted()
    return report({ verdict: 'ERROR', signature: null, sha256, message: sentence(error) })
  }

  let session: ScanSession
  try {
    session = await engine.open(signal)
  } catch (error) {
    return failed(error, null)
  }
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (status.maxBytes !== null && bytes > status.maxBytes) return failed(tooLarge(status.maxBytes), null)
      hash.update(chunk)
      try {
        await session.write(chunk)
      } catch (error) {
        return failed(error, null)
      }
    }
    const sha256 = hash.digest('hex')
    try {
      return report({ ...(await session.finish()), sha256, message: null })
    } catch (error) {
      return failed(error, sha256)
    }
  } finally {
    session.abort()
  }
}

/** The refusal of a body that the engine would not read to its end. */
export function tooLarge(maxBytes: number): SluiceError {
  return new SluiceError('scan-too-large', `The file is too large for the scanner: it takes at most ${maxBytes} bytes.`)
}

function sentence(error: unknown): string {
  if (error instanceof SluiceError) return error.message
  return `The scan failed: ${error instanceof Error ? error.message : String(error)}`
}
