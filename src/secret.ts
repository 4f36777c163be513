import { inspect } from 'node:util'
import type { Json } from './json.ts'
import { sameJson } from './json.ts'

const redacted = '(secret)'

/**
 * A value that must never be shown: an API key, a password, a secret field of a block. It cannot be printed, put into a
 * template string, logged, inspected or serialized. Only `reveal` returns the value, so that every use is easy to find.
 */
export class Secret<T extends Json = Json> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /**
   * Returns the value. Call it only to send the value to a server, or to write it to a file that the user asked for.
   */
  reveal(): T {
    return this.#value
  }

  /** Whether two secrets have the same value. */
  equals(other: Secret): boolean {
    return sameJson(this.#value, other.#value)
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}
