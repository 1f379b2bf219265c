/** How a verb says no. */

/** Replies of RFC 959 section 4.2, RFC 2228, RFC 2428 and RFC 7151 that refuse or end something. */
export type FailureCode =
  | 421
  | 425
  | 426
  | 430
  | 431
  | 450
  | 451
  | 452
  | 500
  | 501
  | 502
  | 503
  | 504
  | 521
  | 522
  | 530
  | 532
  | 533
  | 534
  | 536
  | 550
  | 551
  | 552
  | 553

/** Thrown by verbs and what they call; the dispatcher writes it as the reply. Its message is seen by the client. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
  readonly code: FailureCode

  /** @param message one line of printable text without a server path outside the account's root */
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
