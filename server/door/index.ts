/** What every upload passes. */
export { createDoor, type DoorOptions } from './door.ts'
export { ScanRefused } from './scan-refused.ts'
export type { Door, Landing, Upload, UploadMode, UploadRequest } from './types.ts'
