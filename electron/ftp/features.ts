/** What the server says it can do: the reply to FEAT (RFC 2389 section 3.2). */

export class FeatureSet {
  readonly #features = new Map<string, string>()

  /** @param reply the text of a 211 reply; null when the server does not know FEAT */
  constructor(reply: string | null) {
    // First and last line are the reply's frame. Servers differ in the indent, so any will do.
    for (const line of reply?.split('\n').slice(1, -1) ?? []) {
      const feature = line.trim()
      if (feature === '') continue
      const at = feature.indexOf(' ')
      const name = (at === -1 ? feature : feature.slice(0, at)).toUpperCase()
      const parameters = at === -1 ? '' : feature.slice(at + 1).trim()
      const before = this.#features.get(name)
      this.#features.set(name, before ? `${before};${parameters}` : parameters)
    }
  }

  /** True if FEAT named the feature (any case). MLSD has no line of its own: MLST stands for both (RFC 3659 section 7.8). */
  has(name: string): boolean {
    const key = name.toUpperCase()
    return this.#features.has(key === 'MLSD' ? 'MLST' : key)
  }

  /** What stood behind the feature's name; '' for nothing, null when the feature is absent. */
  parameters(name: string): string | null {
    return this.#features.get(name.toUpperCase()) ?? null
  }

  /** True if the server makes accounts for whoever asks: "SITE SIGNUP", alone or in a list of SITE commands. */
  get offersSignUp(): boolean {
    return /(?:^|[;,\s])SIGNUP(?:$|[;,\s])/i.test(this.parameters('SITE') ?? '')
  }

  /** All features, in the server's order, each with its parameters. */
  list(): string[] {
    return Array.from(this.#features, ([name, parameters]) => (parameters === '' ? name : `${name} ${parameters}`))
  }
}
