/** help and history: all of it out of the table. */
import { COMMANDS, usageOf, type CommandName, type CommandSpec } from '../../../../common/commands.ts'
import { titleOf } from '../../../../common/menus.ts'
import type { ConsoleLine } from '../../../../common/console.ts'
import { commandNamed } from '../line.ts'
import { line, table } from '../output.ts'
import { literal } from '../parse.ts'
import type { Handler } from '../types.ts'

const help: Handler = async ({ write }, [word]) => {
  if (word === undefined) write({ lines: allCommands(), data: COMMANDS.map(commandData) })
  else {
    const spec = commandNamed(literal(word))
    write({ lines: oneCommand(spec), data: [commandData(spec)] })
  }
}

const history: Handler = async ({ memory, write }) => {
  const rows = memory.history.map((text, at) => [String(at + 1), text])
  write({ lines: table(rows, [0]).map((text) => line('normal', text)), data: [{ history: memory.history }] })
}

/** Columns for all groups alike. */
function allCommands(): ConsoleLine[] {
  const rows = table(COMMANDS.map(({ name, aliases, summary }) => [[name, ...aliases].join(', '), summary]))
  const lines: ConsoleLine[] = []
  COMMANDS.forEach(({ group }, at) => {
    if (group !== COMMANDS[at - 1]?.group) lines.push(line('muted', titleOf(group)))
    lines.push(line('normal', `  ${rows[at] ?? ''}`))
  })
  return [...lines, line('muted', 'Type "help <command>" for its arguments. Unmistakable beginnings of names will do.')]
}

function oneCommand(spec: CommandSpec): ConsoleLine[] {
  const { aliases, options = [], summary, details, arguments: args } = spec
  const lines = [line('normal', usageOf(spec)), line('normal', `  ${summary}.`)]
  if (details !== undefined) lines.push(line('normal', `  ${details}`))
  if (aliases.length > 0) lines.push(line('normal', `  Also: ${aliases.join(', ')}`))
  for (const text of table(options.map((option) => [option.flag, option.summary])))
    lines.push(line('normal', `  ${text}`))
  for (const { name, choices } of args) {
    if (choices && name !== choices.join('|')) lines.push(line('normal', `  ${name}: ${choices.join(', ')}`))
  }
  return lines
}

function commandData(spec: CommandSpec): object {
  const { name, aliases, group, options = [], summary, details = null } = spec
  return { name, aliases, group, usage: usageOf(spec), options, summary, details }
}

export const helpCommands = { help, history } satisfies Partial<Record<CommandName, Handler>>
