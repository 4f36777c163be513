import type { Context } from '../context.ts'
import { withDependencies } from '../graph/closure.ts'
import type { Issue } from '../issue.ts'
import { isNumber, type Json } from '../json.ts'
import { checkReadiness } from '../live/readiness.ts'
import { isCutOver } from '../migration/member-state.ts'
import { linksBetween } from '../migration/wave-links.ts'
import { switchedIn } from '../migration/wave-state.ts'
import type { Live, LiveResource, Ref } from '../model.ts'
import { plural } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { namesOf } from './migrate-plan.ts'
import { type Migration, waveNamed } from './migration.ts'
import { isOnNow, type SwitchMember, sidesOf, type WaveMove } from './switch-members.ts'
import { kindOf } from './switch-side.ts'

interface Planned {
  readonly migration: Migration
  readonly request: { readonly wave: string; readonly allowNoWorker?: boolean }
  readonly move: WaveMove
  readonly members: readonly SwitchMember[]
}

/** What is in the way of a move, and what is good to know of it. Errors refuse it. */
export async function preflightOf(planned: Planned, context: Context): Promise<readonly Issue[]> {
  const { migration, move, members } = planned
  const errors = migration.membership.issues.filter(({ severity }) => severity === 'error')
  if (move === 'rollback') return [...errors, ...membersInTheWay(members, move)]
  return [
    ...errors,
    ...wavesBefore(planned, context),
    ...membersInTheWay(members, move),
    ...linksToOthers(planned, context),
    ...(await workersMissing(planned, context)),
    ...lowerLimits(planned, context),
  ]
}

/** Waves that this one comes after, and of which something still runs at the old side. */
function wavesBefore({ migration, request }: Planned, { kinds }: Context): Issue[] {
  const { waves, membership, old, record } = migration
  const switched = switchedIn(record)
  const wave = waveNamed(waves, request.wave)
  return wave.after.flatMap((name, index): Issue[] => {
    const left = (membership.members.get(name) ?? []).filter((ref) => {
      const isOn = isOnNow(kindOf(ref, kinds), old.live.resources.get(ref))
      return isOn === true || (!isCutOver(switched.get(ref)) && switched.get(ref)?.last.step === 'released')
    })
    if (left.length === 0) return []
    const message = `The wave "${wave.name}" comes after "${name}", of which ${left.length} still run at the old side, such as ${left[0]}.`
    const fix = `Run migrate cutover ${name} first, or remove it from after:.`
    return [{ code: 'wave-order', severity: 'error', message, fix, place: wave.placeOf('after', index) }]
  })
}

/** What depends on members of other waves, or they on it, while those are still on at the old side. */
function linksToOthers({ migration, request, members }: Planned, context: Context): Issue[] {
  const { membership, old, wanted, targetOf } = migration
  const going = new Set(toSwitch(members).map(({ taking }) => taking))
  const staying = new Set(
    [...membership.wavesOf].flatMap(([ref, waves]) => {
      const target = waves.includes(request.wave) ? undefined : targetOf(ref)
      return target !== undefined && isOnNow(kindOf(ref, context.kinds), old.live.resources.get(ref)) ? [target] : []
    }),
  )
  const { links } = linksBetween(namesOf(migration), wanted.snapshot.resources, context.kinds)
  const open = links.filter(
    ({ from, to }) => (going.has(from) && staying.has(to)) || (staying.has(from) && going.has(to)),
  )
  if (open.length === 0) return []
  const shown = open.slice(0, 3).map(({ from, to }) => `${from} refers to ${to}`)
  const more = open.length > 3 ? `, and ${open.length - 3} more` : ''
  const message = `Afterwards, ${plural(open.length, 'pair')} of resources that depend on each other would be on different sides: ${shown.join(', ')}${more}.`
  const fix = 'Put them into one wave, or check that what one starts or waits for may be on the other side.'
  return [{ code: 'wave-link', severity: 'warning', message, fix }]
}

function membersInTheWay(members: readonly SwitchMember[], move: WaveMove): Issue[] {
  return members.flatMap(({ ref, action, taking, giving }): Issue[] => {
    if (action === 'both') {
      const message = `${ref} is on at both sides, so it would do its work twice.`
      const fix = `Pause ${giving} at one of the two sides, and run the command again.`
      return [{ code: 'on-both-sides', severity: 'error', message, ref, fix }]
    }
    if (action === 'missing') {
      const message = `${taking} is not at the side that is to take it over.`
      const fix = move === 'cutover' ? 'Run migrate sync first.' : 'Restore it there, for example from a backup.'
      return [{ code: 'missing-on-server', severity: move === 'cutover' ? 'error' : 'warning', message, ref, fix }]
    }
    if (action === 'unknown') {
      const message = `${giving} is on at the new side, and the journal has no cutover of it, so it is not rolled back.`
      const fix = 'If it is to run at the old side, pause it here with pause, and activate it there.'
      return [{ code: 'not-switched', severity: 'warning', message, ref, fix }]
    }
    return []
  })
}

/** The resources of one side that the members to be switched need, with those members. */
function neededBy(
  members: readonly SwitchMember[],
  live: Live,
  refOfMember: (one: SwitchMember) => Ref,
  context: Context,
) {
  const refs = new Set(members.map(refOfMember))
  return withDependencies([...live.resources.values()], context.kinds, (one) => refs.has(refOf(one)))
}

function toSwitch(members: readonly SwitchMember[]): SwitchMember[] {
  return members.filter(({ action }) => action === 'switch' || action === 'take')
}

async function workersMissing({ migration, request, move, members }: Planned, context: Context): Promise<Issue[]> {
  const { live, connection } = sidesOf(migration, move).taking
  const needed = neededBy(toSwitch(members), live, ({ taking }) => taking, context)
  const some: Live = { ...live, resources: new Map(needed.map((one): [Ref, LiveResource] => [refOf(one), one])) }
  const checks = await checkReadiness(connection.client, some, context.kinds)
  return checks.flatMap(({ status, detail, fix }): Issue[] => {
    if (status !== 'warning') return []
    const message = `At the side that takes the wave over: ${detail}. Its runs would be late.`
    const severity = request.allowNoWorker ? 'warning' : 'error'
    const or = request.allowNoWorker ? '' : ' Or pass --allow-no-worker.'
    return [{ code: 'no-worker', severity, message, fix: `Start one first${fix ? `: ${fix}.` : '.'}${or}` }]
  })
}

function kindNamed(name: string, { kinds }: Context) {
  return kinds.find((kind) => kind.name === name)
}

function lowerLimits({ migration, members }: Planned, context: Context): Issue[] {
  const { old, new: to } = migration
  return neededBy(toSwitch(members), old.live, ({ ref }) => ref, context).flatMap((before): Issue[] => {
    const field = kindNamed(before.kind, context)?.runLimit
    const limitOf = (one: LiveResource | undefined) => numberIn(field === undefined ? undefined : one?.spec[field])
    const ref = refOf(before)
    const target = migration.targetOf(ref)
    const after = target === undefined ? undefined : to.live.resources.get(target)
    const [was, is] = [limitOf(before), limitOf(after)]
    if (is === undefined || (was !== undefined && is >= was)) return []
    const message = `${target} lets ${is} runs through at a time at the new side, and ${was ?? 'any number of them'} at the old one.`
    return [{ code: 'lower-limit', severity: 'warning', message, ref, fix: 'Raise it, unless that is intended.' }]
  })
}

function numberIn(value: Json | undefined): number | undefined {
  return value !== undefined && isNumber(value) ? Number(value) : undefined
}
