/**
 * A process's tie to the one that started it, where there is one: Electron's utilityProcess or a plain fork. For the
 * programs that the app runs beside itself.
 */

/** `process` as Electron's utilityProcess shows it; plain Node has no such port. */
interface MaybeUtilityProcess {
  parentPort?: {
    postMessage(message: unknown): void
    on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  }
}

export interface ParentProcess {
  /** Does nothing when the parent has gone. */
  post(message: unknown): void
  /** Calls back with every message; holds the process up. */
  onMessage(callback: (message: unknown) => void): void
}

/** The parent to speak with; null when there is none, or none any more. */
export function parentProcess(): ParentProcess | null {
  const { parentPort } = process as MaybeUtilityProcess
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (callback) => void parentPort.on('message', ({ data }) => callback(data)),
    }
  }
  if (!process.connected || !process.send) return null
  return {
    // A parent that goes while this is sent is no error here: `onParentGone` tells of it.
    post: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (callback) => void process.on('message', callback),
  }
}

/**
 * Calls back when the parent of a plain fork has gone, however it went: a helper without its program must not stay
 * behind. A utility process needs no such care: Electron ends it with the app.
 */
export function onParentGone(callback: () => void): void {
  if (process.connected) process.once('disconnect', callback)
  // A channel that was there has gone already: the parent ended while this process was starting.
  else if (process.send) callback()
}
