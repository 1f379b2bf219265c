import type { CommandName } from '../../../../common/commands.ts'
import type { Handler } from '../types.ts'
export const helpCommands = {} satisfies Partial<Record<CommandName, Handler>>
