/** A console session as text that is the same in every run: what depends on the day, the machine or the port is made even. */
import { CONSOLE_SESSION, type ConsoleStep } from './console-session.ts'

/** What of a run is not of the session itself. */
export interface TranscriptFacts {
  /** Absolute path of the local folder. */
  local: string
  port: number
  user: string
  password: string
}

/** A step's texts with the server's facts filled in. */
export function fillIn(text: string, { port, user, password }: TranscriptFacts): string {
  return text.replaceAll('{port}', String(port)).replaceAll('{user}', user).replaceAll('{password}', password)
}

/** Pattern -> what stands for it. Two spaces before a size or a time may be its column: widths stay as they are. */
const EVEN: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '2026-01-15 12:00$1'],
  [/\b\d+(\.\d+)? (ms|s)\b/g, '0.1 s'],
  [/\b\d+(\.\d+)? ([kMG]?B|bytes)\/s/g, '1 MB/s'],
  [/\b([0-9A-F]{2}:){31}[0-9A-F]{2}\b/g, 'AB:CD:…:EF'],
  [/\(\|\|\|\d+\|\)/g, '(|||50000|)'],
  [/ClamAV [\d.]+\S*/g, 'ClamAV 1.4'],
  [/(signatures +)custom\+[0-9a-f.]+/gi, '$127500'],
  [/vsFTPd [\d.]+/g, 'vsFTPd 3.0'],
  [/client count was \d+/g, 'client count was 1'],
  [/TLS_[A-Z0-9_]+/g, 'TLS_AES_256_GCM_SHA384'],
]

/** Output of a run with the run's own facts taken out. */
export function evenOut(text: string, { local, port }: TranscriptFacts): string {
  const named = text.replaceAll(local, '/home/mara/work').replaceAll(new RegExp(`\\b${port}\\b`, 'g'), '2121')
  return EVEN.reduce((even, [pattern, stand]) => even.replaceAll(pattern, stand), named)
}

/** One step's text: the prompt with what was typed, each question with its answer, the output. */
export interface StepRecord {
  step: ConsoleStep
  text: string
}

const INTRODUCTION = `# A session through every command

Written by a test that runs every line below against a real vsftpd over explicit TLS, with a real ClamAV behind the scanning
agent, and compares. The panel in the window and \`sluice\` in a terminal run the same commands with the same output. Answers
stand behind their questions; a password is typed but never shown. Times, ports and speeds are made even.
`

/** The whole transcript as Markdown. @param records of all steps, in the session's order */
export function transcriptPage(records: readonly StepRecord[]): string {
  let next = 0
  const chapters = CONSOLE_SESSION.map(({ title, steps }) => {
    const texts = steps.map(() => records[next++]?.text ?? '')
    return `## ${title}\n\n\`\`\`text\n${texts.join('\n')}\n\`\`\`\n`
  })
  return [INTRODUCTION, ...chapters].join('\n')
}

/** The page's chapters: what each says, line by line. */
export function readTranscript(page: string): { title: string; lines: string[] }[] {
  return [...page.matchAll(/^## (.+)\n\n```text\n([^]*?)\n```$/gm)].map(([, title = '', text = '']) => ({
    title,
    lines: text.split('\n'),
  }))
}
