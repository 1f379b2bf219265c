/** The agent's tie to the process that started it, where there is one: Electron's utilityProcess or a plain fork. */
import type { AgentReady } from '../common/agent-api.ts'

/** `process` as Electron's utilityProcess shows it; plain Node has no such port. */
interface MaybeUtilityProcess {
  parentPort?: { postMessage(message: unknown): void }
}

/** Tells the parent which port the agent got; false when there is no parent to tell. */
export function tellParent(port: number): boolean {
  const ready: AgentReady = { type: 'listening', port }
  const { parentPort } = process as MaybeUtilityProcess
  if (parentPort) parentPort.postMessage(ready)
  else if (process.connected && process.send) process.send(ready)
  else return false
  return true
}

/**
 * Calls back when the parent of a plain fork has gone, however it went: an agent without its app must not stay behind.
 * A utility process needs no such care: Electron ends it with the app.
 */
export function onParentGone(callback: () => void): void {
  if (process.connected) process.once('disconnect', callback)
  // A channel that was there has gone already: the parent ended while the agent was starting.
  else if (process.send) callback()
}
