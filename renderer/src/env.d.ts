import type { Bridge } from '../../common/ipc.ts'

declare global {
  interface Window {
    /** Put there by the preload script; absent when the page is opened outside the application. */
    readonly sluice?: Bridge
  }
}
