/** Transfers: planner, queue, journal, upload and download jobs. The room's only door. */
export { createTransfers } from './service.ts'
export type { ConflictAnswer, ConflictQuestion, TransferChange, TransferDeps, TransferService } from './types.ts'
