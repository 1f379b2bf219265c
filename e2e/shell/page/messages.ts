/** What the isolated world and the main process say to each other. Values inside are encoded by codec.ts. */

/** Isolated world -> main process, by the binding that only the isolated world has. */
export type FromPage =
  | { kind: 'ready' }
  | { kind: 'preload-error'; message: string }
  | { kind: 'send'; channel: string; args: unknown }
  | { kind: 'invoke'; id: number; channel: string; args: unknown }
  | { kind: 'open'; url: string }
  | { kind: 'accelerator'; index: number }
  | { kind: 'answer'; id: number; value: unknown }

/** Main process -> isolated world, several at a time. */
export type ToPage =
  | { kind: 'event'; channel: string; args: unknown }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'failure'; id: number; message: string }

/** A key combination of the application menu, in terms of a KeyboardEvent. `key` is lower case. */
export interface Accelerator {
  index: number
  key: string
  ctrl: boolean
  meta: boolean
  alt: boolean
  shift: boolean
}

export interface MenuEntry {
  index: number
  label: string
  type: string
  enabled: boolean
  visible: boolean
  accelerator?: string
  checked?: boolean
  submenu?: MenuEntry[]
}

/** What the overlay shows in place of a native menu, message box or file dialog. */
export type OverlayRequest =
  | { kind: 'menu'; items: MenuEntry[]; x?: number; y?: number }
  | { kind: 'box'; message: string; detail?: string; buttons: string[]; defaultId: number; cancelId: number }
  | { kind: 'path'; message: string; value: string; buttons: string[]; defaultId: number; cancelId: number }

/** Settings of the page-side runtime, fixed when the page is made. */
export interface PageConfig {
  /** Prefix of the DOM events between the two worlds; random, so that no page can be written against it. */
  events: string
  /** What the preload sees as `process`. */
  process: Record<string, unknown>
}

/** Functions of the isolated world that the main process calls by name. */
export interface ShellEntryPoints {
  receive(batch: string): void
  show(id: number, request: OverlayRequest): void
  setAccelerators(list: Accelerator[]): void
}
