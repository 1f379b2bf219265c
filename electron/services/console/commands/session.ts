import type { CommandName } from '../../../../common/commands.ts'
import type { Handler } from '../types.ts'
export const sessionCommands = {} satisfies Partial<Record<CommandName, Handler>>
