/** The commands for files and folders on the server. */
import type { Handler } from '../types.ts'
import { catCommand } from './cat.ts'
import { changeCommands } from './remote-files-change.ts'
import { folderCommands } from './remote-files-folders.ts'
import { lookCommands } from './remote-files-look.ts'

export const remoteFileCommands = {
  ...lookCommands,
  ...folderCommands,
  ...changeCommands,
  cat: catCommand,
} satisfies Record<string, Handler>
