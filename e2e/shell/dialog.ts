/** Dialogs as overlays in the page. File dialogs ask for a path to be typed: a browser hands out no paths. */
import { focusedWindow } from './window-list.ts'
import { BrowserWindow } from './window.ts'

interface MessageBoxOptions {
  message: string
  detail?: string
  buttons?: string[]
  defaultId?: number
  cancelId?: number
  checkboxChecked?: boolean
}

interface FileDialogOptions {
  title?: string
  defaultPath?: string
  buttonLabel?: string
}

type DialogArguments<T> = [window: BrowserWindow, options: T] | [options: T]

function windowOf<T>(args: DialogArguments<T>): { window: BrowserWindow; options: T } {
  const [first, second] = args
  const window = first instanceof BrowserWindow ? first : focusedWindow()
  if (!window) throw new Error('The browser shell shows dialogs inside a window, and there is none')
  return { window, options: (second ?? first) as T }
}

async function askForPath(args: DialogArguments<FileDialogOptions>, title: string): Promise<string | null> {
  const { window, options } = windowOf(args)
  const answer = await window.webContents.ask({
    kind: 'path',
    message: options.title ?? title,
    value: options.defaultPath ?? '',
    buttons: ['Cancel', options.buttonLabel ?? 'OK'],
    defaultId: 1,
    cancelId: 0,
  })
  return typeof answer === 'string' && answer !== '' ? answer : null
}

export const dialog = {
  async showMessageBox(...args: DialogArguments<MessageBoxOptions>) {
    const { window, options } = windowOf(args)
    const buttons = options.buttons?.length ? options.buttons : ['OK']
    const cancelId = options.cancelId ?? 0
    const answer = await window.webContents.ask({
      kind: 'box',
      message: options.message,
      ...(options.detail === undefined ? {} : { detail: options.detail }),
      buttons,
      defaultId: options.defaultId ?? 0,
      cancelId,
    })
    return {
      response: typeof answer === 'number' ? answer : cancelId,
      checkboxChecked: options.checkboxChecked ?? false,
    }
  },
  async showOpenDialog(...args: DialogArguments<FileDialogOptions>) {
    const path = await askForPath(args, 'Open')
    return { canceled: path === null, filePaths: path === null ? [] : [path] }
  },
  async showSaveDialog(...args: DialogArguments<FileDialogOptions>) {
    const path = await askForPath(args, 'Save as')
    return { canceled: path === null, filePath: path ?? '' }
  },
  showErrorBox(title: string, content: string): void {
    console.error(`${title}\n${content}`)
  },
}
