/** What the room of transfers offers. */
export { checkData, restart } from './announce.ts'
export { download } from './download.ts'
export { createTransferRegistry, type LiveTransfers } from './registry.ts'
export { upload } from './upload.ts'
