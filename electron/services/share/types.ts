/** What the app's part of sharing needs from the system it runs on. */
import type { ShareRequest } from '../../../common/share-control.ts'

/** The part of Electron's UtilityProcess that is needed here. */
export interface ServerChild {
  /** Undefined before the start and after the end. */
  readonly pid?: number | undefined
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: ShareRequest): void
  kill(): boolean
}

/** Starts a server process. */
export type ForkServer = () => ServerChild

/** The system's dialogs; null when the person chose nothing. Paths are absolute. */
export interface FileDialogs {
  /** @param from folder to begin with; '' leaves that to the system */
  chooseFolder(title: string, from: string): Promise<string | null>
  /** @param name the file's proposed name */
  chooseNewFile(title: string, name: string): Promise<string | null>
}
