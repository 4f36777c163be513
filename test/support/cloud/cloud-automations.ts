import { randomUUID } from 'node:crypto'
import { isLosslessNumber } from 'lossless-json'
import { type Fields, fieldsOf, type Middleware, mapRows, withBody } from './cloud-wire.ts'

/** Types of actions that a server refuses [client: provider]. */
const cloudActions = new Set([
  'declare-incident',
  'send-email-notification',
  'pause-schedule-for-flow-run',
  'resume-schedule-for-flow-run',
])

/** A part of an automation that only Cloud has, and where it is. */
interface Part {
  readonly path: readonly (string | number)[]
  readonly value: Fields
}

/**
 * Automations with triggers and actions that a server refuses. The server keeps the automation with a harmless part in the
 * place of each, so that lists, filters and counts are its own; answers show the real parts.
 */
export function cloudAutomations(): Middleware {
  const kept = new Map<string, readonly Part[]>()
  const show = (row: Fields): Fields => (kept.get(String(row.id)) ?? []).reduce(put, row)
  return async (request, next) => {
    const { method, path } = request
    if (!path.startsWith('/automations')) return next(request)
    const [, replaced] = /^\/automations\/([^/]+)\/?$/.exec(path) ?? []
    const creates = method === 'POST' && /^\/automations\/?$/.test(path)
    if (!creates && !(method === 'PUT' && replaced)) {
      const answer = await next(request)
      if (method === 'DELETE' && replaced && answer.status < 300) kept.delete(replaced)
      return mapRows(answer, show)
    }
    const body = fieldsOf(request)
    const parts: Part[] = []
    const answer = await next(withBody(request, harmless(body, [], parts)))
    if (answer.status >= 300) return answer
    kept.set(replaced ?? String(fieldsOf(answer).id), parts)
    return mapRows(answer, show)
  }
}

/** A copy with every part of Cloud replaced, which is added to `parts`. */
function harmless(value: unknown, path: readonly (string | number)[], parts: Part[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => harmless(item, [...path, index], parts))
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) return value
  const fields = value as Fields
  const type = String(fields.type)
  if (path.length > 0 && cloudActions.has(type)) {
    // Cloud makes the block of an email by itself where none is given [client: provider].
    const own = type === 'send-email-notification' ? { block_document_id: randomUUID() } : {}
    parts.push({ path, value: { ...own, ...fields } })
    return { type: 'do-nothing' }
  }
  if (path[0] === 'trigger' && type === 'metric') {
    parts.push({ path, value: { posture: 'Metric', ...fields } })
    return { type: 'event', posture: 'Reactive', expect: ['stand-in.never'], threshold: 1, within: 0 }
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, item]) => [name, harmless(item, [...path, name], parts)]),
  )
}

/** The same automation with a part in its place. What the server added there, such as an id of a trigger, stays. */
function put(row: Fields, { path, value }: Part): Fields {
  const set = (at: unknown, [step, ...rest]: readonly (string | number)[]): unknown => {
    if (step === undefined) return idOf(at) === undefined ? value : { ...value, id: idOf(at) }
    if (Array.isArray(at)) return at.map((item, index) => (index === step ? set(item, rest) : item))
    return { ...(at as Fields), [step]: set((at as Fields)?.[step], rest) }
  }
  return set(row, path) as Fields
}

const idOf = (at: unknown) => (typeof at === 'object' && at !== null ? (at as Fields).id : undefined)
