/** What the console tells whoever shows it: the panel in the window and the command line. */

/** `command`: what was typed. `sent` and `reply`: the protocol, when verbose. The others are how good the news is. */
export type ConsoleTone = 'normal' | 'muted' | 'command' | 'sent' | 'reply' | 'good' | 'warn' | 'bad'

/** One line of output, without its line end. Text of servers is made printable before it gets here. */
export interface ConsoleLine {
  text: string
  tone: ConsoleTone
}

/** Something only a person can answer before the running command goes on. */
export interface ConsoleQuestion {
  /** Ends with a space: what is typed follows it. */
  text: string
  /** A password: must not be shown, kept or logged. */
  hidden: boolean
}

/** How far the running command is; replaced by the next one, gone with the command. */
export interface ConsoleProgress {
  /** What moves: a file's name, or "3 of 12 files". */
  label: string
  /** Bytes so far. */
  done: number
  /** Bytes in all; null while unknown. */
  total: number | null
  /** Bytes a second; null when nothing moves. */
  rate: number | null
}

/** The console as the panel shows it, beside its lines. */
export interface ConsoleState {
  /** "ftp.example.org:/pub> " */
  prompt: string
  /** The command that runs; null when the next one may be typed. */
  running: string | null
  question: ConsoleQuestion | null
  progress: ConsoleProgress | null
  /** Commands given before, oldest first; passwords are never among them. */
  history: string[]
}

/** What the Tab key offers for the word under the cursor. */
export interface Completion {
  /** Part of the line that a candidate replaces, in UTF-16 units: from `from` to the cursor. */
  from: number
  /** Whole replacements, quoted as needed; a folder ends with "/", anything else that is complete with a space. */
  candidates: string[]
  /** What to show for each candidate: the bare name. */
  labels: string[]
}
