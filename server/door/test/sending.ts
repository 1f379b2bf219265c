/** Uploads as tests send them: whole, or cut. */
import type { Landing, Upload, UploadMode } from '../index.ts'

export interface Sending {
  put(path: string, bytes: Buffer | string, mode?: UploadMode): Promise<Landing>
  /** Begins, writes and breaks off. */
  cut(path: string, bytes: Buffer | string, mode?: UploadMode): Promise<void>
}

/** @param open what the test opens uploads with */
export function sendingBy(open: (path: string, mode?: UploadMode) => Promise<Upload>): Sending {
  return {
    put: async (path, bytes, mode) => {
      const upload = await open(path, mode)
      try {
        await upload.write(Buffer.from(bytes))
        return await upload.finish()
      } finally {
        await upload.abort()
      }
    },
    cut: async (path, bytes, mode) => {
      const upload = await open(path, mode)
      await upload.write(Buffer.from(bytes))
      await upload.abort()
    },
  }
}
