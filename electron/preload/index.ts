/** The typed bridge, nothing else: one way in, one way out, and the real path of a dropped file. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
// Types only: the channel names are repeated from the contract so that no schema code gets into the sandbox.
import type { AppEvent, Bridge, EVENT_CHANNEL, INVOKE_CHANNEL } from '../../common/ipc.ts'

const invokeChannel: typeof INVOKE_CHANNEL = 'sluice:invoke'
const eventChannel: typeof EVENT_CHANNEL = 'sluice:events'

const bridge: Bridge = {
  invoke: (channel, ...args) => ipcRenderer.invoke(invokeChannel, channel, ...args),
  onEvents(callback) {
    const listener = (_event: unknown, events: AppEvent[]): void => callback(events)
    ipcRenderer.on(eventChannel, listener)
    return () => ipcRenderer.off(eventChannel, listener)
  },
  pathForFile: (file) => webUtils.getPathForFile(file),
}

contextBridge.exposeInMainWorld('sluice', bridge)
