/** The system's file dialogs, over the app's window. */
import { dialog, type BrowserWindow } from 'electron'
import type { FileDialogs } from './types.ts'

/** @param window the one to stand before; null while there is none */
export function systemDialogs(window: () => BrowserWindow | null): FileDialogs {
  return {
    async chooseFolder(title, from) {
      const options: Electron.OpenDialogOptions = {
        title,
        properties: ['openDirectory', 'createDirectory'],
        ...(from === '' ? {} : { defaultPath: from }),
      }
      const current = window()
      const { canceled, filePaths } = await (current
        ? dialog.showOpenDialog(current, options)
        : dialog.showOpenDialog(options))
      return canceled ? null : (filePaths[0] ?? null)
    },
    async chooseNewFile(title, name) {
      const options: Electron.SaveDialogOptions = {
        title,
        defaultPath: name,
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      }
      const current = window()
      const { canceled, filePath } = await (current
        ? dialog.showSaveDialog(current, options)
        : dialog.showSaveDialog(options))
      return canceled || filePath === '' ? null : filePath
    },
  }
}
