import { type Cursor, TemplateFaultError, TooDeepError } from './jinja-cursor.ts'
import { readBody } from './jinja-tags.ts'
import { tokensOf } from './jinja-tokens.ts'

/** Why Prefect refuses a template. */
export interface TemplateFault {
  readonly reason: string
  /** The line in the template, from 1 on; undefined for what is wrong with the whole. */
  readonly line?: number
}

const maxLoops = 10
const maxLoopDepth = 2

/**
 * Why Prefect refuses a text as a Jinja template: it does not parse, or has too many loops. Filters, tests and names are
 * looked up only when it is rendered. Templates with very deep nesting are not judged.
 */
export function templateFault(template: string): TemplateFault | undefined {
  const text = template.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  const cursor: Cursor = { tokens: tokensOf(text), index: 0, depth: 0, loops: { count: 0, open: 0, deepest: 0 } }
  try {
    readBody(cursor)
  } catch (error) {
    if (error instanceof TooDeepError) return undefined
    if (!(error instanceof TemplateFaultError)) throw error
    return { reason: error.message, line: text.slice(0, error.at).split('\n').length }
  }
  const { count, deepest } = cursor.loops
  if (count > maxLoops) return { reason: `it has ${count} loops, and Prefect takes at most ${maxLoops}` }
  if (deepest > maxLoopDepth)
    return { reason: `loops are nested ${deepest} deep, and Prefect takes at most ${maxLoopDepth}` }
  return undefined
}
