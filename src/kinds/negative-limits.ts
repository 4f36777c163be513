import { isNumber, type JsonObject, type Pointer, sameJson } from '../json.ts'
import type { Fault, Incompatibility } from '../kind.ts'
import { object } from './endpoints.ts'

/** A number below 0 where no request sets one: only a database holds it, and the server returns it. */
interface Negative {
  readonly pointer: Pointer
  readonly isRequired: boolean
  readonly text: string
}

/** The limits and decays of a spec that are below 0; `required` has the names without which there is no resource. */
function negativesOf(spec: JsonObject, names: readonly string[], required: readonly string[], at: Pointer): Negative[] {
  return names.flatMap((name): Negative[] => {
    const value = spec[name] ?? null
    if (!isNumber(value) || Number(value) >= 0) return []
    return [{ pointer: `${at}/${name}`, isRequired: required.includes(name), text: String(value) }]
  })
}

const decay = 'slot_decay_per_second'

/** Warnings about the negative numbers of a limit, whose field is `limit`. */
export function negativeFaults(spec: JsonObject, limit: string): Fault[] {
  return negativesOf(spec, [limit, decay], [limit], '/spec').map(({ pointer, text }) => ({
    code: 'invalid-value',
    severity: 'warning',
    pointer,
    message: `${pointer} is ${text}, which no server accepts in a request. Only a database may hold it.`,
  }))
}

/**
 * The negative numbers that a server would have to be sent, without those that it has. A limit whose field is `limit` cannot
 * be created with one; without `limit`, requests take any number there.
 */
export function negativesToSend(
  spec: JsonObject,
  before: JsonObject | undefined,
  limit?: string,
): readonly Incompatibility[] {
  const required = limit === undefined ? [] : [limit]
  const changed = [...required, decay].filter((name) => !before || !sameJson(before[name] ?? 0, spec[name] ?? 0))
  return toldOf(negativesOf(spec, changed, required, '/spec'), before !== undefined)
}

/** The same of a deployment's own limit. */
export function negativesOfOwn(spec: JsonObject, before: JsonObject | undefined): readonly Incompatibility[] {
  if (before && sameJson(before.concurrency_limit ?? null, spec.concurrency_limit ?? null)) return []
  const own = object(spec.concurrency_limit)
  const negatives = negativesOf(own, ['limit', decay], [], '/spec/concurrency_limit')
  return toldOf(negatives, before !== undefined)
    .map((told) => ({ ...told, pointer: '/spec/concurrency_limit' }))
    .slice(0, 1)
}

function toldOf(negatives: readonly Negative[], hasBefore: boolean): Incompatibility[] {
  return negatives.map(({ pointer, isRequired, text }) => ({
    pointer,
    reason: `Prefect accepts no number below 0, and it is ${text}`,
    drops: isRequired && !hasBefore ? 'resource' : 'field',
  }))
}
