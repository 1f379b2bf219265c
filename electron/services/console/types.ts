/** What the console is given, what a command's handler works with, and how a command ends. */
import type { ConsoleLine, ConsoleProgress, ConsoleQuestion } from '../../../common/console.ts'
import type { ConnectRequest, SessionState, Side, StatusReport } from '../../../common/models.ts'
import type { ScanGate } from '../../gate/index.ts'
import type { TransferService } from '../../transfer/index.ts'
import type { ProtocolLog } from '../protocol-log.ts'
import type { Session } from '../session.ts'
import type { SettingsStore } from '../settings.ts'
import type { Folders } from '../working-folders.ts'

/** The program around the console: one session, one queue, one gate, shared with whatever else there is. */
export interface ConsoleHost {
  session: Session
  transfers: TransferService
  gate: ScanGate
  settings: SettingsStore
  folders: Folders
  log: ProtocolLog
  /** Absolute: where `lcd` without an argument goes. */
  homeFolder: string
  /** Logs in, and remembers the connection where the program does so. */
  connect(request: ConnectRequest): Promise<SessionState>
  status(o: { signal: AbortSignal }): Promise<StatusReport>
  /** Something in this folder was changed: a pane that shows it lists it again. */
  changed(side: Side, path: string): void
  /** How a host without a scheme is reached; the command line has a flag for it. */
  defaultProtocol: 'ftp' | 'ftpes' | 'ftps'
  /** User and password known without asking (environment, netrc, flags); null where there are none. */
  credentials(host: string, user: string | null): Promise<{ user: string; password: string } | null>
  /** Whether `verbose` is on at the start. */
  verbose: boolean
}

/** One piece of output. */
export interface ConsoleOutput {
  lines: readonly ConsoleLine[]
  /** The same for programs: `--json` prints one object a line. Absent: for people only. */
  data?: readonly object[]
}

/** Whoever shows the console. */
export interface ConsoleIo {
  /** May be called while no command runs, too: a lost session is worth a line. */
  write(output: ConsoleOutput): void
  /**
   * Asks and waits for a line. @throws SluiceError cancelled when the signal aborts, needs-answer when nobody is there to
   * be asked
   */
  ask(question: ConsoleQuestion, signal: AbortSignal): Promise<string>
  /** Shows how far the command is; null when it has ended. */
  progress(progress: ConsoleProgress | null): void
  /** False when questions cannot be answered: commands then choose the harmless way or fail. */
  readonly interactive: boolean
}

/**
 * `partial`: some files made it, some did not. `infected`: at least one file was blocked. `scan-failed`: a file was held
 * back since nobody could scan it. `refused`: the server said no. `unreachable`: no (or no safe) connection to it.
 * `usage`: the command was not understood. `cancelled`: by the person.
 */
export type Outcome =
  'ok' | 'partial' | 'infected' | 'scan-failed' | 'refused' | 'unreachable' | 'failed' | 'usage' | 'cancelled'

export interface CommandEnd {
  outcome: Outcome
  /** The command was `quit`: the program is to end. */
  quit: boolean
}

/** What a handler works with. */
export interface CommandContext {
  readonly host: ConsoleHost
  /** Aborts when the person cancels the command. */
  readonly signal: AbortSignal
  /** Flags given, like "-r". */
  readonly options: ReadonlySet<string>
  readonly memory: ConsoleMemory
  readonly interactive: boolean
  write(output: ConsoleOutput): void
  /** Asks for a line. @throws SluiceError cancelled, needs-answer */
  ask(text: string, o?: { hidden?: boolean }): Promise<string>
  progress(progress: ConsoleProgress | null): void
}

/** What the console itself remembers between commands. */
export interface ConsoleMemory {
  verbose: boolean
  history: string[]
}

/**
 * Runs a command. A handler that throws a SluiceError ends with the outcome that follows from its code; one that gives
 * nothing has ended well.
 *
 * Arguments are in pattern form: what was quoted and would mean something in a pattern has a backslash before it.
 * `hasPattern(arg)` tells a pattern from a name, `literal(arg)` gives the text that was meant (both in parse.ts): an
 * argument that is used as a name goes through `literal` always. The console has checked their number and choices.
 * When `signal` aborts, the handler has a few seconds to clean up; what it writes later is dropped.
 */
export type Handler = (context: CommandContext, args: readonly string[]) => Promise<Outcome | void>
