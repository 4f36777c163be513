import type { AnswerCheck } from '../model.ts'
import type { Call } from './call.ts'
import type { HttpResponse } from './exchange.ts'

/** How often a read is sent whose answers are incomplete. */
export const mostReads = 3

/**
 * What an answer lacks that arrived as if it were whole, as the end of "the answer was incomplete: …": a proxy cut it.
 * Undefined if it lacks nothing; its shape may still be another one.
 */
export function lackOf(
  { method, path }: Pick<Call, 'method' | 'path'>,
  { status, text }: HttpResponse,
  answers: AnswerCheck | undefined,
): string | undefined {
  if (status < 200 || status >= 300) return undefined
  if (text !== '') return endsEarly(text) ? 'its JSON ends early' : undefined
  const fault = status === 204 ? undefined : answers?.fault(method, path, null)
  return fault === undefined ? undefined : `it ${fault}`
}

/** Whether a text begins like JSON and ends within a list, an object or a text. */
function endsEarly(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false
  let depth = 0
  let isText = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (isText && char === '\\') at++
    else if (char === '"') isText = !isText
    else if (isText) continue
    else if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
  }
  return isText || depth > 0
}
