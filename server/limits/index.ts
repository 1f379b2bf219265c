/** Who may come in, how often and how fast. */
export { systemClock, type Clock } from './clock.ts'
export { createLimits } from './limits.ts'
export type { Admission, Limits } from './types.ts'
