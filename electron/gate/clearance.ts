/**
 * Proof that exactly these bytes may pass: they were found clean, or the person switched scanning off for their way. The
 * class is not exported from the room's index, its field is private: no other room can build one, by hand or by cast-free
 * code, so "may pass" has a single source.
 */
export class Clearance {
  /** Makes the type nominal: an object literal of the same shape is not a Clearance. */
  readonly #granted = true
  /** Lower-case hex. */
  readonly sha256: string
  readonly bytes: number

  constructor(sha256: string, bytes: number) {
    this.sha256 = sha256
    this.bytes = bytes
    Object.freeze(this)
  }

  /** True for a clearance made by this gate, false for anything shaped like one. */
  static isGenuine(value: unknown): value is Clearance {
    return typeof value === 'object' && value !== null && #granted in value && value.#granted
  }
}
