/**
 * The agent's HTTP interface, version 1. Every request carries `Authorization: Bearer <token>`.
 *
 *   GET  /v1/status            -> AgentStatus
 *   POST /v1/scans             body: the file's bytes (application/octet-stream) -> ScanReport with status 200, after the
 *                              body's end. A scan that failed is a report with verdict ERROR, not a 5xx; it may come
 *                              before the body's end, then with sha256 null
 *   GET  /v1/verdicts/<sha256> -> ScanReport known for these bytes at the current signature version, else 404
 *
 * Refusals have the body AgentProblem: 400, 401, 403 (an Origin header, a foreign Host), 404, 405, 413, 415,
 * 503 (the engine does not answer, or the queue is full).
 */
import { z } from 'zod'
import { engineSchema } from './models.ts'

export const agentStatusSchema = z.object({
  service: z.literal('sluice-agent'),
  version: z.string(),
  engine: engineSchema,
  engineVersion: z.string(),
  signatureVersion: z.string(),
  builtInRulesOnly: z.boolean(),
  maxBytes: z.int().positive().nullable(),
})
export type AgentStatus = z.infer<typeof agentStatusSchema>

export const agentProblemSchema = z.object({ error: z.string() })
export type AgentProblem = z.infer<typeof agentProblemSchema>

/** What an agent started by the app tells its parent, once, by process message. */
export const agentReadySchema = z.object({ type: z.literal('listening'), port: z.int().min(1).max(65535) })
export type AgentReady = z.infer<typeof agentReadySchema>
