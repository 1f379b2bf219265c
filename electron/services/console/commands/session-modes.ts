/** Switches: how files are moved, what is asked, what is shown, what is scanned. */
import type { CommandName } from '../../../../common/commands.ts'
import type { ScanPolicy, TransferType } from '../../../../common/models.ts'
import { line, switchOn } from '../output.ts'
import { unscannedWords } from '../prompt.ts'
import type { CommandContext, Handler } from '../types.ts'
import { confirmOnce } from './confirm.ts'

const TYPE_WORDS: Record<TransferType, string> = {
  auto: 'Text files are transferred as text, all others byte for byte.',
  binary: 'Every file is transferred byte for byte.',
  ascii: 'Every file is transferred as text, with line ends converted.',
}

const transferType =
  (type: TransferType): Handler =>
  async ({ host, write }) => {
    await host.settings.update({ transferType: type })
    write({ lines: [line('normal', TYPE_WORDS[type])], data: [{ transferType: type }] })
  }

const passive: Handler = async ({ host, write }, args) => {
  const on = switchOn(args, host.settings.get().dataMode === 'passive')
  const dataMode = on ? 'passive' : 'active'
  await host.settings.update({ dataMode })
  const words = on
    ? 'Passive: data connections are opened from here.'
    : 'Active: data connections are opened by the server.'
  write({ lines: [line('normal', words)], data: [{ dataMode }] })
}

const prompt: Handler = async ({ host, write }, args) => {
  const confirmSeveral = switchOn(args, host.settings.get().confirmSeveral)
  await host.settings.update({ confirmSeveral })
  const words = `Before several files are moved or deleted, ${confirmSeveral ? 'you are asked.' : 'nothing is asked.'}`
  write({ lines: [line('normal', words)], data: [{ prompt: confirmSeveral }] })
}

const verbose: Handler = async ({ memory, write }, args) => {
  memory.verbose = switchOn(args, memory.verbose)
  const words = `Commands and replies are ${memory.verbose ? 'shown' : 'not shown'}.`
  write({ lines: [line('normal', words)], data: [{ verbose: memory.verbose }] })
}

const scan: Handler = async (context, [state, way]) => {
  const { host, write } = context
  const policy = host.gate.policy()
  if (state !== undefined) {
    const on = state.toLowerCase() === 'on'
    const wanted = {
      upload: way?.toLowerCase() === 'down' ? policy.upload : on,
      download: way?.toLowerCase() === 'up' ? policy.download : on,
    }
    if (!on && !(await confirmOff(context, wanted))) return 'cancelled'
    host.gate.setPolicy(wanted)
  }
  const now = host.gate.policy()
  write({ lines: [policyLine(now)], data: [{ scan: now }] })
  return 'ok'
}

function policyLine(policy: ScanPolicy) {
  const unscanned = unscannedWords(policy)
  if (unscanned === null) return line('good', 'Uploads and downloads are scanned.')
  return line('bad', `WARNING: ${unscanned.toUpperCase()} ARE NOT SCANNED until the program ends or "scan on".`)
}

async function confirmOff(context: CommandContext, wanted: ScanPolicy): Promise<boolean> {
  const unscanned = unscannedWords(wanted) ?? ''
  const warning = `WARNING: ${unscanned} would not be scanned; infected files would pass unseen.`
  if (context.interactive) context.write({ lines: [line('bad', warning)] })
  return confirmOnce(
    context,
    `Move files without a scan (${unscanned})`,
    'Only a person switches scanning off; a script is started with --no-scan.',
  )
}

export const modeCommands = {
  auto: transferType('auto'),
  binary: transferType('binary'),
  ascii: transferType('ascii'),
  passive,
  prompt,
  verbose,
  scan,
} satisfies Partial<Record<CommandName, Handler>>
