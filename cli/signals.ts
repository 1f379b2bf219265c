/** What the system and other programs tell by signals: to stop, and to end. */
import { constants } from 'node:os'

/** ms: a terminal and whoever started us both pass one Ctrl-C on; only a later one means "at once". */
const SAME_SIGNAL = 1000

export interface SignalEvents {
  /** SIGINT. @returns whether the run ends by it */
  interrupt(): boolean
  /** SIGTERM and SIGHUP. @param code exit code: 128 + the signal's number */
  end(code: number): void
}

/** Returns what stops the watching. A second SIGINT while the first is being obeyed ends the process at once. */
export function watchSignals({ interrupt, end }: SignalEvents): () => void {
  let interruptedAt: number | null = null
  const onInterrupt = (): void => {
    const now = performance.now()
    if (interruptedAt !== null && now - interruptedAt > SAME_SIGNAL) process.exit(128 + constants.signals.SIGINT)
    if (interrupt()) interruptedAt ??= now
  }
  const onTerminate = (): void => end(128 + constants.signals.SIGTERM)
  const onHangUp = (): void => end(128 + constants.signals.SIGHUP)
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  process.on('SIGHUP', onHangUp)
  return () => {
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
    process.off('SIGHUP', onHangUp)
  }
}
