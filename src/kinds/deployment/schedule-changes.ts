import { saysGone } from '../../gone.ts'
import { type Json, type JsonObject, sameJson } from '../../json.ts'
import type { Write } from '../../kind.ts'
import type { Api } from '../../model.ts'
import { at, idOf, isAmbiguous, list, object, objects } from '../endpoints.ts'
import { compareSchedules, decodeSchedule, encodeSchedules } from './schedule.ts'

/** A schedule on the server by ID, and its wanted content. */
interface Paired {
  readonly id: string
  readonly schedule: JsonObject
}

/** The changes of a deployment's schedules. `remove` has IDs of schedules. */
export interface SchedulePlan {
  readonly create: readonly JsonObject[]
  readonly update: readonly Paired[]
  /** PATCH cannot make the change, and a new schedule cannot use the slug while the old one has it. */
  readonly replace: readonly Paired[]
  readonly remove: readonly string[]
}

/** A schedule on the server, in the form of a snapshot. */
interface Existing {
  readonly id: string
  readonly schedule: JsonObject
}

/**
 * Pairs the server's schedules with the wanted ones: equal ones first, then those with the same slug, then the most
 * similar. Paired schedules are changed in place and keep their IDs.
 */
export function planSchedules(raws: Json | undefined, wanted: Json | undefined): SchedulePlan {
  const left = objects(raws).map(
    (raw): Existing => ({
      id: String(raw.id),
      schedule: object(list(encodeSchedules([raw]))[0]),
    }),
  )
  const take = (fits: (schedule: JsonObject) => boolean) => {
    const index = left.findIndex(({ schedule }) => fits(schedule))
    return index < 0 ? undefined : left.splice(index, 1)[0]
  }
  const changed = objects(wanted).filter((schedule) => !take((other) => isEqual(other, schedule)))
  const [update, replace]: [Paired[], Paired[]] = [[], []]
  const rest = changed.filter((schedule) => {
    const old = schedule.slug === undefined ? undefined : take(({ slug }) => slug === schedule.slug)
    if (old) (canPatch(old.schedule, schedule) ? update : replace).push(pair(old, schedule))
    return !old
  })
  const similar = pairSimilar(left, rest)
  const pairedOld = new Set(similar.map(({ old }) => old))
  const covered = new Set(similar.map(({ schedule }) => schedule))
  return {
    create: rest.filter((schedule) => !covered.has(schedule)),
    update: [...update, ...similar.map(({ old, schedule }) => pair(old, schedule))],
    replace,
    remove: left.filter((old) => !pairedOld.has(old)).map(({ id }) => id),
  }
}

/**
 * An interval without an anchor keeps the server's, because the server would otherwise count from the time of the
 * request.
 */
function pair({ id, schedule: old }: Existing, schedule: JsonObject): Paired {
  const isAnchored = schedule.interval === undefined || schedule.anchor_date !== undefined
  const anchor = isAnchored || !old.anchor_date ? {} : { anchor_date: old.anchor_date }
  // A PATCH replaces what says when it runs, and with it what only a newer server has.
  const other = old.other === undefined || schedule.form !== undefined ? {} : { other: old.other }
  return { id, schedule: { ...other, ...schedule, ...anchor } }
}

/** PATCH ignores null: it can neither remove a slug nor clear `max_scheduled_runs`. */
function canPatch(old: JsonObject, schedule: JsonObject): boolean {
  return ['slug', 'max_scheduled_runs'].every((name) => old[name] === undefined || schedule[name] !== undefined)
}

function pairSimilar(olds: readonly Existing[], wanted: readonly JsonObject[]) {
  const candidates = olds
    .flatMap((old) => wanted.map((schedule) => ({ old, schedule, likeness: likeness(old.schedule, schedule) })))
    .filter(({ old, schedule }) => canPatch(old.schedule, schedule))
    .sort((a, b) => b.likeness - a.likeness)
  const taken = new Set<unknown>()
  return candidates.filter(({ old, schedule }) => {
    if (taken.has(old) || taken.has(schedule)) return false
    taken.add(old).add(schedule)
    return true
  })
}

/** More for each field that both have, the more equal it is, and less for each that only one has. */
function likeness(a: JsonObject, b: JsonObject): number {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].reduce((sum, name) => {
    const [one, other] = [a[name], b[name]]
    return one === undefined || other === undefined ? sum - 1 : sum + 1 + 2 * equality(one, other)
  }, 0)
}

/** From 0 to 1; of texts, such as cron expressions, how many of their parts are equal. */
function equality(a: Json, b: Json): number {
  if (sameJson(a, b)) return 1
  if (typeof a !== 'string' || typeof b !== 'string') return 0
  const [parts, others] = [a.split(/[\s;]+/), b.split(/[\s;]+/)]
  const equal = parts.filter((part, index) => part === others[index]).length
  return equal / Math.max(parts.length, others.length)
}

function isEqual(a: JsonObject, b: JsonObject): boolean {
  return sameJson(compareSchedules([a], [b]), compareSchedules([b], [a]))
}

/**
 * Changes the schedules of a deployment. A schedule is deleted only after its replacement exists, so that a refused
 * request loses none. After a request with an unknown result, reads the schedules and continues from there.
 */
export async function changeSchedules(
  write: Write,
  deployment: string,
  raws: Json | undefined,
  wanted: Json | undefined,
): Promise<void> {
  const path = at`/deployments/${deployment}/schedules`
  for (let [attempt, now] = [0, raws]; ; attempt++) {
    try {
      return await sendChanges(write, path, planSchedules(now, wanted))
    } catch (error) {
      if (attempt === 3 || !isAmbiguous(error)) throw error
      now = await write.api.get(path)
    }
  }
}

async function sendChanges(
  { api, server }: Write,
  path: string,
  { create, update, replace, remove }: SchedulePlan,
): Promise<void> {
  const decode = (schedule: JsonObject) => decodeSchedule(schedule, server)
  const patch = (id: string, schedule: JsonObject) => api.send('PATCH', path + at`/${id}`, decode(schedule))
  if (create.length > 0) await api.send('POST', path, create.map(decode))
  for (const { id, schedule } of update) await patch(id, schedule)
  for (const { id, schedule } of replace) {
    const { slug: _, ...unnamed } = schedule
    const [created] = objects((await api.send('POST', path, [decode(unnamed)])).body)
    await removeSchedule(api, path, id)
    await patch(idOf(object(created)), schedule)
  }
  for (const id of remove) await removeSchedule(api, path, id)
}

async function removeSchedule(api: Api, path: string, id: string): Promise<void> {
  try {
    await api.send('DELETE', path + at`/${id}`)
  } catch (error) {
    if (!saysGone(error, ['schedule'])) throw error
  }
}
