/** The application menu: editing and window roles only; everything else is reached from the window itself. */
import { Menu } from 'electron'

/** @param platform `process.platform`: macOS wants its application menu first, elsewhere the menu stays hidden */
export function applicationMenu(platform: NodeJS.Platform): Menu | null {
  // Without a menu Electron's defaults (reload, developer tools) are gone, and text fields keep their own shortcuts.
  if (platform !== 'darwin') return null
  return Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
}
