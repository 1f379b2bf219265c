/** Every command's handler. */
import type { CommandName } from '../../../../common/commands.ts'
import type { Handler } from '../types.ts'
import { helpCommands } from './help.ts'
import { sessionCommands } from './session.ts'

export const HANDLERS: Partial<Record<CommandName, Handler>> = { ...sessionCommands, ...helpCommands }
