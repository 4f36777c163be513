import { type Context, createContext, Script } from 'node:vm'
import type { Misfit } from '../kind.ts'

/*
 * A regular expression of a user's schema may try exponentially many ways to match a value: `^(a+)+$`. V8 can stop it only
 * while it runs in a context with a time limit.
 */

/** What ajv needs of a regular expression. */
export interface BoundedPattern {
  /** Throws an error with the name `PatternTimeout` if it takes too long. */
  test(text: string): boolean
  toString(): string
}

/** Milliseconds for one text. */
const maxTime = 1000

/** A text that is not longer cannot take long, and to enter the context takes longer than to match most texts. */
const shortText = 16

let context: Context | undefined
const script = new Script('pattern.test(text)')

/** Compiles a regular expression whose matches end. Throws `SyntaxError` like `RegExp`. */
export function boundedPattern(pattern: string, flags: string): BoundedPattern {
  const compiled = new RegExp(pattern, flags)
  return {
    test: (text) => (text.length <= shortText ? compiled.test(text) : testBounded(compiled, text)),
    toString: () => String(compiled),
  }
}

function testBounded(pattern: RegExp, text: string): boolean {
  context ??= createContext({})
  Object.assign(context, { pattern, text })
  try {
    return script.runInContext(context, { timeout: maxTime }) as boolean
  } catch (error) {
    // The error may belong to another context, so that it is no `Error` of this one.
    if ((error as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    const message = `The pattern ${pattern.source} tries too many ways to match a text.`
    throw Object.assign(new Error(message), { name: 'PatternTimeout', source: pattern.source })
  }
}

/** What a check finds; if a pattern takes too long, that instead. */
export function withinTime(check: () => readonly Misfit[]): readonly Misfit[] {
  try {
    return check()
  } catch (error) {
    // By its name, because the build loads ajv with a copy of this module.
    if (!(error instanceof Error && error.name === 'PatternTimeout')) throw error
    const pattern = 'source' in error ? String(error.source) : ''
    return [{ pointer: '', reason: `cannot be compared with the pattern ${pattern}: it tries too many ways to match` }]
  }
}
