/** Shows a text file of the server: it comes into memory only, and nothing of it is shown before the scan has passed it. */
import { createHash } from 'node:crypto'
import { SluiceError } from '../../../../common/errors.ts'
import type { ConsoleLine } from '../../../../common/console.ts'
import type { GateOutcome } from '../../../gate/index.ts'
import { formatBytes, line, printable } from '../output.ts'
import { outcomeOf } from '../outcome.ts'
import { remotePath, shownRemote } from '../paths.ts'
import type { CommandContext, Handler, Outcome } from '../types.ts'
import { forEach } from './reporting.ts'

/** Bytes; more is no reading matter. */
const LIMIT = 4 * 1024 * 1024

/** What text may hold beside printable characters: tab, line ends, form feed. ESC is shown, not obeyed. */
const BINARY = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/

export const catCommand: Handler = async (context, words) => {
  const blocked = new Set<Outcome>()
  const outcome = await forEach(context, 'cat', words, async (word) => {
    const end = await show(context, remotePath(context.host, word))
    if (end !== 'ok') blocked.add(end)
  })
  for (const end of ['infected', 'scan-failed'] as const) if (blocked.has(end)) return end
  return outcome
}

async function show(context: CommandContext, path: string): Promise<Outcome> {
  const { host } = context
  const name = shownRemote(host, path)
  const { bytes, outcome } = await download(context, path)
  if (!outcome.passes) return refused(context, path, outcome)
  const { sha256 } = outcome.clearance
  // What is shown must be what was looked at.
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new SluiceError('changed-after-scan', `${name} is not what was scanned; nothing of it is shown.`)
  const verdict = outcome.report?.verdict ?? null
  const head = outcome.report === null ? [line('warn', `NOT SCANNED  ${name}`)] : []
  const text = decode(bytes)
  if (text === null) {
    context.write({
      lines: [...head, line('warn', `${name} is not text (${formatBytes(bytes.length)}); it is not shown.`)],
      data: [{ path, bytes: bytes.length, verdict, signature: null, sha256, text: null }],
    })
    return 'ok'
  }
  context.write({
    lines: [...head, ...textLines(text)],
    data: [{ path, bytes: bytes.length, verdict, signature: null, sha256, text }],
  })
  return 'ok'
}

function refused(context: CommandContext, path: string, o: Extract<GateOutcome, { passes: false }>): Outcome {
  const name = shownRemote(context.host, path)
  const { report, code } = o
  const data = {
    path,
    bytes: null,
    verdict: report.verdict,
    signature: report.signature,
    sha256: null,
    text: null,
  }
  const text =
    code === 'infected'
      ? `INFECTED  ${name}  ${report.signature ?? 'unknown signature'} (nothing of it is shown)`
      : `ERROR  ${name}  could not be scanned: ${report.message ?? 'no verdict'} Nothing of it is shown.`
  context.write({ lines: [line('bad', text)], data: [data] })
  return outcomeOf(code)
}

/** The whole file and what the scan says to it. @throws SluiceError unsupported for a file beyond the limit */
async function download(context: CommandContext, path: string): Promise<{ bytes: Buffer; outcome: GateOutcome }> {
  const { host, signal } = context
  const scan = await host.gate.openScan({ name: path, signal })
  try {
    const chunks: Buffer[] = []
    let size = 0
    await host.session.run(
      (client) =>
        client.download(
          path,
          async (chunk) => {
            size += chunk.length
            if (size > LIMIT) throw tooLarge(path)
            // The chunk's memory is used again.
            const kept = Buffer.from(chunk)
            chunks.push(kept)
            await scan.write(kept)
          },
          { type: 'binary', signal },
        ),
      { again: () => size === 0 },
    )
    return { bytes: Buffer.concat(chunks), outcome: await scan.finish() }
  } catch (error) {
    scan.abort()
    throw error
  }
}

function tooLarge(path: string): SluiceError {
  return new SluiceError('unsupported', `${path} is larger than ${formatBytes(LIMIT)}: download it with "get".`)
}

/** The bytes as text, UTF-8 or else Windows-1252; null for what is no text. */
function decode(bytes: Buffer): string | null {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    text = new TextDecoder('windows-1252').decode(bytes)
  }
  return BINARY.test(text) ? null : text
}

/** Tabs stay; everything else that a terminal could obey is shown as a code point. */
function textLines(text: string): ConsoleLine[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((part) => ({ text: part.split('\t').map(printable).join('\t'), tone: 'normal' }))
}
