/** Every command's handler: the compiler sees to it that none is missing. */
import type { CommandName } from '../../../../common/commands.ts'
import type { Handler } from '../types.ts'
import { helpCommands } from './help.ts'
import { localFileCommands } from './local-files.ts'
import { remoteFileCommands } from './remote-files.ts'
import { sessionCommands } from './session.ts'
import { transferCommands } from './transfers.ts'

export const HANDLERS: Readonly<Record<CommandName, Handler>> = {
  ...remoteFileCommands,
  ...localFileCommands,
  ...transferCommands,
  ...sessionCommands,
  ...helpCommands,
}
