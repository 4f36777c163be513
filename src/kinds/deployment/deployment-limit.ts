import { saysGone } from '../../gone.ts'
import { isObject, type Json, type JsonObject, sameJson } from '../../json.ts'
import type { ResolvedResource, Write } from '../../kind.ts'
import type { LiveResource, Ref } from '../../model.ts'
import { plainNumber } from '../../spec.ts'
import { atLeast } from '../../version.ts'
import { at, idOf, isAmbiguous, object, statusOf, text } from '../endpoints.ts'
import { decodeOptions } from './concurrency-options.ts'

/*
 * A deployment has no limit, one of its own (a row `deployment:<id>` that the server makes and deletes with it), or
 * shares a global one. `concurrency_limit: null` deletes whatever row is linked, a shared one too, so it is sent only
 * to get rid of an own one, and never together with `global_concurrency_limit_id`
 * (`server/models/deployments.py`, `_create_or_update_deployment_concurrency_limit`).
 */

/** The first version in which requests link a limit by its ID. */
export const sharedLimitsSince = '3.3.6'
/** The first version that stores what happens to runs that exceed the limit. */
export const optionsSince = '3.0.3'

/**
 * An own limit: a number, or an object if it is inactive, decays, or is not above 0 (which deployment requests do not accept).
 */
export const ownLimitSchema: JsonObject = {
  oneOf: [
    { type: 'integer', minimum: 1 },
    {
      type: 'object',
      properties: {
        limit: { type: 'integer' },
        active: { type: 'boolean' },
        slot_decay_per_second: { type: 'number' },
      },
      required: ['limit'],
      additionalProperties: false,
    },
    { type: 'null' },
  ],
}

/** Whether a name is that of a deployment's own limit. */
export function isOwnLimit(name: string): boolean {
  return /^deployment:[0-9a-f-]{36}$/.test(name)
}

/** Encodes the `global_concurrency_limit` of a deployment: an own limit, or the ref of a shared one. */
export function encodeLimit(raw: Json | undefined): { readonly own?: Json; readonly shared?: Ref } {
  if (!isObject(raw)) return {}
  const name = text(raw, 'name')
  if (!isOwnLimit(name))
    return { shared: name.startsWith('tag:') ? `tag-concurrency-limit/${name.slice(4)}` : `concurrency-limit/${name}` }
  return {
    own: normalizeOwnLimit({
      limit: raw.limit ?? 0,
      active: raw.active ?? true,
      slot_decay_per_second: raw.slot_decay_per_second ?? 0,
    }),
  }
}

export function normalizeOwnLimit(value: Json): Json {
  if (!isObject(value)) return plainNumber(value)
  const [limit, decay] = [plainNumber(value.limit ?? 0), plainNumber(value.slot_decay_per_second ?? 0)]
  const plain = (value.active ?? true) === true && sameJson(decay, 0) && Number(limit) > 0
  return plain ? limit : { limit, active: value.active ?? true, slot_decay_per_second: decay }
}

/** The fields of a create for the limit. */
export function limitBody({ spec, ids }: ResolvedResource): JsonObject {
  if (ids.limit) return { global_concurrency_limit_id: ids.limit }
  const limit = numberOf(spec.concurrency_limit)
  return limit === undefined ? {} : { concurrency_limit: limit }
}

function numberOf(own: Json | undefined): Json | undefined {
  const limit = isObject(own) ? own.limit : own
  if (limit === undefined || limit === null) return undefined
  return sameJson(limit, 0) ? 1 : limit
}

/** Sets values on the own limit row for which deployment requests have no field. */
export async function completeLimit({ api }: Write, id: string, own: Json | undefined): Promise<void> {
  if (isObject(own)) await api.send('PATCH', ownRow(id), own)
}

/**
 * Changes the limit of a deployment with requests that do not change shared rows. The old limit remains linked until
 * the new one is, so that a refused request leaves the deployment limited. If nothing differs, removes an
 * unlinked own row, which an interrupted change may have left behind.
 */
export async function changeLimit(write: Write, before: LiveResource, after: ResolvedResource): Promise<void> {
  const path = at`/deployments/${before.id}`
  const send = (body: JsonObject) => write.api.send('PATCH', path, body)
  const own = wholeLimit(after.spec.concurrency_limit)
  const hadOwn = isOwnLimit(text(object(before.carriedOver.global_concurrency_limit), 'name'))
  if (after.ids.limit && hadOwn) {
    // Linking another row by ID leaves the own row orphaned. The interim options show it until it is deleted.
    const options = after.spec.concurrency_options ?? null
    await send({ global_concurrency_limit_id: after.ids.limit, concurrency_options: interimOptions(options) })
    await removeOwnRow(write, before.id)
    await send({ concurrency_options: decodeOptions(options) })
  } else if (after.ids.limit) {
    await send({ global_concurrency_limit_id: after.ids.limit })
    if (before.refs.limit !== undefined && before.refs.limit === after.refs.limit) await removeOwnRow(write, before.id)
  } else if (own === undefined) {
    if (before.refs.limit) await send({ global_concurrency_limit_id: null })
    else if (hadOwn) await send({ concurrency_limit: null })
    else await removeOwnRow(write, before.id)
  } else if (hadOwn) {
    await write.api.send('PATCH', ownRow(before.id), own)
  } else if (before.refs.limit || isObject(after.spec.concurrency_limit)) {
    // With a shared limit linked, `concurrency_limit` would change the shared row; and it takes nothing but a number.
    await takeUp(write, before.id, own)
  } else {
    await send({ concurrency_limit: own.limit ?? null }).catch(async (error: unknown) => {
      if (statusOf(error) !== 409) throw error
      await takeUp(write, before.id, own)
    })
  }
}

/**
 * The `concurrency_options` between the link of a shared limit and the delete of the own one, which no resource shows:
 * with these, an interrupted change differs from a complete one, and the next apply completes it. To enqueue is the default.
 */
export function interimOptions(after: Json): Json {
  return after === null ? { collision_strategy: 'ENQUEUE' } : null
}

/** Deletes the own row that an interrupted change left behind, before the change of the options hides that. */
export async function completeInterrupted(write: Write, before: LiveResource, after: ResolvedResource): Promise<void> {
  const interim = interimOptions(after.spec.concurrency_options ?? null)
  const isInterrupted = sameJson(before.spec.concurrency_options ?? null, interim)
  if (isInterrupted && before.refs.limit && before.refs.limit === after.refs.limit) await removeOwnRow(write, before.id)
}

/** An own limit with all fields. */
function wholeLimit(own: Json | undefined): JsonObject | undefined {
  const limit = isObject(own) ? own.limit : own
  if (limit === undefined || limit === null) return undefined
  return { limit, active: true, slot_decay_per_second: 0, ...(isObject(own) ? own : {}) }
}

/** The number that a deployment is created with, until `completeLimit` has set the rest. */
export function interimLimit(own: Json): Json | undefined {
  return isObject(own) ? numberOf(own) : undefined
}

function ownRow(id: string): string {
  return at`/v2/concurrency_limits/${`deployment:${id}`}`
}

/** Links an own row after it was created or changed: linking a shared limit by ID may have left one behind. */
async function takeUp({ api, server }: Write, id: string, limit: JsonObject): Promise<void> {
  const name = `deployment:${id}`
  const row = ownRow(id)
  if (!atLeast(server.version, sharedLimitsSince)) {
    // Nothing can leave a row behind there, because no request links another one.
    await api.send('PATCH', at`/deployments/${id}`, { concurrency_limit: numberOf(limit) ?? null })
    await api.send('PATCH', row, limit)
    return
  }
  try {
    await api.send('POST', '/v2/concurrency_limits/', { name, ...limit })
  } catch (error) {
    if (statusOf(error) !== 409 && !isAmbiguous(error)) throw error
    await api.send('PATCH', row, limit)
  }
  await api.send('PATCH', at`/deployments/${id}`, { global_concurrency_limit_id: idOf(object(await api.get(row))) })
}

async function removeOwnRow({ api }: Write, id: string): Promise<void> {
  try {
    await api.send('DELETE', ownRow(id))
  } catch (error) {
    if (!saysGone(error, ['concurrency limit'])) throw error
  }
}
