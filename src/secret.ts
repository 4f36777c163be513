import { inspect } from 'node:util'
import type { Json } from './json.ts'
import { sameJson } from './json.ts'

const shown = '(secret)'

/**
 * A value that must not be seen: an API key, a password, a secret field of a block. It cannot be printed, put into
 * a template string, logged, inspected or serialized; the only way to the value is `reveal`, which is easy to search for.
 */
export class Secret<T extends Json = Json> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself. Call it only where the value leaves for the wire, or for a file that the user asked for. */
  reveal(): T {
    return this.#value
  }

  /** Whether both hold the same value. Reveals neither. */
  equals(other: Secret): boolean {
    return sameJson(this.#value, other.#value)
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}
