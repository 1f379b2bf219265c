/** The agent's answers: read with bounds, believed only in the agreed form. */
import type { IncomingMessage } from 'node:http'
import { agentProblemSchema } from '../../common/agent-api.ts'
import { SluiceError } from '../../common/errors.ts'

/** All in ms. */
export interface AgentTimeouts {
  connect: number
  /** a small question, from request to answer */
  question: number
  /** the agent takes no bytes for this long, its queue included */
  stall: number
  /** from the last byte to the verdict */
  verdict: number
}

export const AGENT_TIMEOUTS: AgentTimeouts = { connect: 10_000, question: 15_000, stall: 120_000, verdict: 300_000 }

/** A report is some hundred bytes. */
const MAX_ANSWER = 64 * 1024

/** What came back: status and parsed JSON. */
export interface AgentAnswer {
  status: number
  body: unknown
}

/** Reads an answer to its end. Throws `scan-error` when it is cut, too long, or not JSON. */
export async function readAnswer(response: IncomingMessage): Promise<AgentAnswer> {
  const status = response.statusCode ?? 0
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_ANSWER) throw garbage('it does not end')
    parts.push(part)
  }
  if (!/^application\/json\b/.test(response.headers['content-type'] ?? '')) throw garbage('it is not JSON')
  try {
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    return { status, body }
  } catch {
    throw garbage('it is not JSON')
  }
}

/** What the agent's own refusal says, as an error. */
export function refusal(status: number, body: unknown): SluiceError {
  const problem = agentProblemSchema.safeParse(body)
  const words = problem.success ? problem.data.error : `status ${status}`
  if (status === 413) return new SluiceError('scan-too-large', words)
  if (status === 401) return new SluiceError('agent-unavailable', 'The scanning agent does not accept our token.')
  return new SluiceError('agent-unavailable', `The scanning agent cannot scan: ${words}`)
}

function garbage(how: string): SluiceError {
  return new SluiceError('scan-error', `The scanning agent's answer is not believed: ${how}.`)
}
