/** Files of accounts, and nothing beyond their roots. */
export { resolveRoot } from './root.ts'
export { openUserFiles } from './user-files.ts'
export type { Facts, ReadFile, UploadTarget, UserFiles } from './types.ts'
