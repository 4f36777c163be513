import { createHash } from 'node:crypto'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Resource } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import { paused, withActivationOf } from '../plan/activation.ts'
import { splitRef } from '../ref.ts'
import { isInDualRun, isUnfinished, runningOf } from './member-state.ts'
import type { Switched } from './wave-state.ts'

/** Both sides of a migration, as a dual run needs them. */
export interface DualRunSides {
  readonly kinds: readonly Kind[]
  readonly old: ReadonlyMap<Ref, LiveResource>
  readonly new: ReadonlyMap<Ref, LiveResource>
  /** What the new side is to have, by its names there. */
  readonly wanted: ReadonlyMap<Ref, Resource>
  targetOf(ref: Ref): Ref | undefined
  readonly switched: ReadonlyMap<Ref, Switched>
}

/** A member of a dual run, as the new side is to have it. */
export interface DualMember {
  /** The name at the old side. */
  readonly ref: Ref
  /** The name at the new side. */
  readonly target: Ref
  readonly resource: Resource
}

/** Who takes part in a dual run. Errors refuse all of it; warnings name who takes no part. */
export interface DualRunChoice {
  readonly members: readonly DualMember[]
  readonly issues: readonly Issue[]
}

/** How a dual run differs from the old side. */
export interface DualRunForm {
  readonly minutes: number
  /** The number of members that take part; by default all. */
  readonly sample?: number
  /** A time soon before the first run. */
  readonly near: Date
}

/** The members of a wave that run at the old side, as they are to run at the new side at the same time. Pure. */
export function beginDualRun(refs: readonly Ref[], sides: DualRunSides, form: DualRunForm): DualRunChoice {
  const reasons = new Map<string, Ref[]>()
  const able = refs.filter((ref) => {
    const reason = absence(ref, sides)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), ref])
    return reason === undefined
  })
  const chosen = sampled(able, form.sample)
  const found = chosen.map((ref) => dualMember(ref, sides, form))
  return {
    members: found.flatMap(({ member }) => member ?? []),
    issues: [...found.flatMap(({ issues }) => issues), ...[...reasons].map(([reason, all]) => absent(reason, all))],
  }
}

/** The members whose dual run was begun, as they are at the end of it: off, with the schedules of the old side. Pure. */
export function endDualRun(refs: readonly Ref[], sides: DualRunSides, near: Date): DualRunChoice {
  const members = refs.flatMap((ref): DualMember[] => {
    const switched = sides.switched.get(ref)
    const target = switched?.last.target
    const kind = kindOf(ref, sides)
    const live = target === undefined ? undefined : sides.new.get(target)
    if (!isInDualRun(switched) || target === undefined || !kind || !live) return []
    const wanted = sides.wanted.get(target)
    const spec = wanted ? kind.shiftRuns?.(wanted, 0, near).spec : undefined
    return [{ ref, target, resource: paused(kind, { ...live, spec: { ...live.spec, ...spec } }) }]
  })
  return { members, issues: [] }
}

function kindOf(ref: Ref, { kinds }: DualRunSides): Kind | undefined {
  return kinds.find(({ name }) => name === splitRef(ref).kind)
}

/** Why a member takes no part, as the end of a sentence; undefined if it may. */
function absence(ref: Ref, sides: DualRunSides): string | undefined {
  const kind = kindOf(ref, sides)
  if (!kind?.shiftRuns) return `has no schedule that can be moved, and would act twice`
  const target = sides.targetOf(ref)
  const [old, wanted] = [sides.old.get(ref), target === undefined ? undefined : sides.wanted.get(target)]
  if (!wanted) return 'is left out by the overlays'
  const runs = [old, wanted].every((resource) => resource && runningOf(kind, resource).runs)
  return runs ? undefined : 'does not run by itself at the old side'
}

/** The same members for the same number, whatever order the server lists them in. */
function sampled(refs: readonly Ref[], count = refs.length): readonly Ref[] {
  if (count >= refs.length) return refs
  const rank = new Map(refs.map((ref) => [ref, createHash('sha256').update(ref).digest('hex')]))
  const rankOf = (ref: Ref) => rank.get(ref) ?? ''
  const chosen = new Set([...refs].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1)).slice(0, count))
  return refs.filter((ref) => chosen.has(ref))
}

function dualMember(
  ref: Ref,
  sides: DualRunSides,
  { minutes, near }: DualRunForm,
): { readonly member?: DualMember; readonly issues: readonly Issue[] } {
  const target = sides.targetOf(ref) ?? ref
  const [kind, wanted, live] = [kindOf(ref, sides), sides.wanted.get(target), sides.new.get(target)]
  const switched = sides.switched.get(ref)
  const error = (code: Issue['code'], reason: string, fix: string) => ({
    issues: [{ code, severity: 'error' as const, message: `${ref} ${reason}.`, ref, fix }],
  })
  if (!kind || !wanted || !live) {
    return error('missing-on-server', 'does not exist at the new side', 'Run migrate sync for its wave first.')
  }
  if (isUnfinished(switched)) {
    return error('active-on-both', 'is between the sides, because a switch was stopped', 'Run migrate status.')
  }
  if (runningOf(kind, live).open && !isInDualRun(switched)) {
    return error('active-on-both', 'is already on at both sides', 'Pause it at one of them. See migrate status.')
  }
  const shifted = kind.shiftRuns?.(wanted, minutes, near)
  if (!shifted || shifted.faults.length > 0)
    return { issues: (shifted?.faults ?? []).map((fault) => inexact(ref, fault, minutes)) }
  const resource = withActivationOf(kind, live, wanted)
  return { member: { ref, target, resource: { ...resource, spec: { ...resource.spec, ...shifted.spec } } }, issues: [] }
}

function inexact(ref: Ref, fault: string, minutes: number): Issue {
  const message = `${ref}: ${fault}, if it is moved by ${plural(minutes, 'minute')}.`
  const fix = 'Choose another --shift, choose fewer members with --sample, or exclude it from the wave.'
  return { code: 'inexact-shift', severity: 'error', message, ref, fix }
}

function absent(reason: string, refs: readonly Ref[]): Issue {
  const message =
    refs.length === 1 ? `${refs[0]} ${reason}.` : `Of each of these, it is true that it ${reason}: ${namesOf(refs)}.`
  const fix = 'Compare them after the cutover.'
  return { code: 'not-in-dual-run', severity: 'warning', message: `Not in the dual run: ${message}`, fix }
}
