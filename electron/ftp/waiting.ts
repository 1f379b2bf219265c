/** Waits that end: by their outcome, by a timeout, or because the caller no longer wants them. */
import { SluiceError } from '../../common/errors.ts'

export function cancelled(): SluiceError {
  return new SluiceError('cancelled', 'Cancelled.')
}

export interface Bound {
  /** ms */
  timeout: number
  /** The error when time is up. */
  onTimeout: () => SluiceError
  signal?: AbortSignal | undefined
}

/**
 * Settles as `work` does, unless time or patience runs out first. `work` itself goes on then; whoever owns what it waits
 * for must end it.
 */
export function within<T>(work: Promise<T>, bound: Bound): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const { signal } = bound
    const timer = setTimeout(() => {
      forget()
      reject(bound.onTimeout())
    }, bound.timeout)
    const onAbort = () => {
      forget()
      reject(cancelled())
    }
    const forget = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    work.then(
      (value) => {
        forget()
        resolve(value)
      },
      (error: unknown) => {
        forget()
        reject(error)
      },
    )
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** Like `within`, without a time limit: for waits that something else bounds. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(cancelled())
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
