import { useEffect, useState } from 'react'

/** Whole seconds until a moment (ms since the epoch), rounded up, at least 0; ticks for as long as it is shown. */
export function useSecondsUntil(moment: number): number {
  const [now, setNow] = useState(() => Date.now())
  const left = Math.max(0, moment - now)
  useEffect(() => {
    if (left === 0) return undefined
    // At the next change of the number.
    const timer = setTimeout(() => setNow(Date.now()), left % 1000 || 1000)
    return () => clearTimeout(timer)
  }, [left])
  return Math.ceil(left / 1000)
}
