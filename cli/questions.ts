/** What the engine and the queue ask a person: about certificates that do not verify and targets that exist. */
import { SluiceError } from '../common/errors.ts'
import { formatBytesExact, formatTime } from '../common/format.ts'
import type { CertificateInfo, QuestionAnswer, QuestionBody } from '../common/models.ts'
import { printable } from '../electron/services/console/index.ts'
import type { Screen } from './screen.ts'

export interface QuestionsOptions {
  screen: Screen
  /** Null: nobody is there to be asked. */
  ask: ((text: string, signal: AbortSignal) => Promise<string>) | null
  /** `--insecure` */
  insecure: boolean
}

type CertificateAnswer = Extract<QuestionAnswer, { kind: 'certificate' }>
type ConflictAnswer = Extract<QuestionAnswer, { kind: 'conflict' }>
type Conflict = Extract<QuestionBody, { kind: 'conflict' }>

export class Questions {
  readonly #o: QuestionsOptions

  constructor(o: QuestionsOptions) {
    this.#o = o
  }

  /** @throws SluiceError cancelled when the signal aborts, needs-answer when nobody is there */
  async ask<B extends QuestionBody>(
    body: B,
    signal: AbortSignal,
  ): Promise<Extract<QuestionAnswer, { kind: B['kind'] }>> {
    const question: QuestionBody = body
    const answer =
      question.kind === 'certificate'
        ? await this.#certificate(question.certificate, question.changed, signal)
        : await this.#conflict(question, signal)
    // The kinds were compared above.
    return answer as Extract<QuestionAnswer, { kind: B['kind'] }>
  }

  async #certificate(certificate: CertificateInfo, changed: boolean, signal: AbortSignal): Promise<CertificateAnswer> {
    const { screen, ask, insecure } = this.#o
    const server = `${certificate.host}:${certificate.port}`
    if (insecure) {
      screen.tell('warn', `WARNING: ${server} is trusted without proof (--insecure). ${certificate.reason}`)
      return { kind: 'certificate', answer: 'once' }
    }
    for (const text of certificateLines(certificate, changed)) screen.tell(changed ? 'bad' : 'warn', text)
    if (!ask) {
      screen.tell('warn', `If this is the right certificate: --fingerprint ${certificate.fingerprint}`)
      return { kind: 'certificate', answer: 'no' }
    }
    const answer = await choose(ask, 'Trust it? (o)nce, (a)lways, (n)o: ', ['once', 'always', 'no'], 'no', signal)
    return { kind: 'certificate', answer }
  }

  async #conflict(question: Conflict, signal: AbortSignal): Promise<ConflictAnswer> {
    const { screen, ask } = this.#o
    const target = printable(question.target)
    if (!ask) {
      throw new SluiceError(
        'needs-answer',
        `${target} exists, and nobody is there to be asked: --conflict overwrite, skip or rename decides.`,
      )
    }
    screen.tell('warn', `${target} exists: ${side(question.existing)}. The new one: ${side(question.source)}.`)
    const text = '(o)verwrite, (s)kip, (r)ename, (c)ancel, with "all" behind it for all the others too: '
    for (;;) {
      const typed = (await ask(text, signal)).trim().toLowerCase()
      const [word = '', all = ''] = typed.split(/\s+/)
      const answer = oneOf(word, ['overwrite', 'skip', 'rename', 'cancel'])
      if (answer && (all === '' || all === 'all')) {
        return { kind: 'conflict', answer, applyToAll: all === 'all' || answer === 'cancel' }
      }
    }
  }
}

/** What a person needs to know to decide. All of it comes from the server. */
function certificateLines(certificate: CertificateInfo, changed: boolean): string[] {
  const { host, port, reason, subject, issuer, names, validFrom, validTo, fingerprint } = certificate
  return [
    changed
      ? `WARNING: ${host}:${port} shows ANOTHER certificate than the one that was trusted. Somebody may be in between.`
      : `The certificate of ${host}:${port} cannot be verified. ${reason}`,
    `  Subject:  ${printable(subject)}`,
    `  Issuer:   ${printable(issuer)}`,
    `  Names:    ${printable(names.join(', '))}`,
    `  Valid:    ${formatTime(validFrom)} to ${formatTime(validTo)}`,
    `  SHA-256:  ${fingerprint}`,
  ]
}

function side({ size, modified }: Conflict['existing']): string {
  return [formatBytesExact(size), ...(modified === null ? [] : [`of ${formatTime(modified)}`])].join(' ')
}

/** Asks until the answer is one of the words or its beginning; nothing stands for `usual`. */
async function choose<T extends string>(
  ask: NonNullable<QuestionsOptions['ask']>,
  text: string,
  words: readonly T[],
  usual: T,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    const typed = (await ask(text, signal)).trim().toLowerCase()
    const answer = typed === '' ? usual : oneOf(typed, words)
    if (answer) return answer
  }
}

function oneOf<T extends string>(typed: string, words: readonly T[]): T | null {
  return words.find((word) => typed !== '' && word.startsWith(typed)) ?? null
}
