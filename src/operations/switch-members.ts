import type { Context } from '../context.ts'
import type { JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import { isInDualRun, isOpen } from '../migration/member-state.ts'
import type { Move, SwitchStep } from '../migration/migration-journal.ts'
import { cutoverAction, type IsOn, rollbackAction, type SwitchAction } from '../migration/switch-action.ts'
import { type Switched, switchedIn } from '../migration/wave-state.ts'
import type { Ref, Resource } from '../model.ts'
import { paused, withActivationOf } from '../plan/activation.ts'
import { refOf } from '../ref.ts'
import type { Migration, Side } from './migration.ts'
import { kindOf } from './switch-side.ts'

/** The two moves that a wave can make. */
export type WaveMove = Exclude<Move, 'dual-run'>

/** A member of a wave that is switched, and what has to be done with it. */
export interface SwitchMember {
  /** Its name at the old side, by which the journal knows it. */
  readonly ref: Ref
  readonly kind: Kind
  readonly action: SwitchAction
  /** Its names at the side that gives it away, and at the one that takes it. */
  readonly giving: Ref
  readonly taking: Ref
  readonly switched: Switched | undefined
  /** What the giving side is to be, and was before. */
  readonly off?: Resource
  readonly before?: Resource
  /** What the taking side is to be. */
  readonly on?: Resource
  /** A dual run has changed it at the taking side, which the switch takes back. */
  readonly isDualRun: boolean
  /** The operational fields that it takes over. */
  readonly state: JsonObject
}

/** The sides of a move. */
export function sidesOf(migration: Migration, move: WaveMove): { readonly giving: Side; readonly taking: Side } {
  const { old, new: to } = migration
  return move === 'cutover' ? { giving: old, taking: to } : { giving: to, taking: old }
}

/** The members of a wave with what a move does with each. Those that the overlays leave out stay at the old side. */
export function membersOf(migration: Migration, wave: string, move: WaveMove, { kinds }: Context): SwitchMember[] {
  const switched = switchedIn(migration.record)
  const refs = migration.membership.members.get(wave) ?? []
  return refs.flatMap((ref): SwitchMember[] => {
    const target = migration.targetOf(ref)
    return target === undefined ? [] : [memberOf(migration, { ref, target }, move, switched.get(ref), kinds)]
  })
}

function memberOf(
  migration: Migration,
  { ref, target }: { readonly ref: Ref; readonly target: Ref },
  move: WaveMove,
  switched: Switched | undefined,
  kinds: readonly Kind[],
): SwitchMember {
  const kind = kindOf(ref, kinds)
  const sides = sidesOf(migration, move)
  const [giving, taking] = move === 'cutover' ? [ref, target] : [target, ref]
  const given = sides.giving.live.resources.get(giving)
  const taken = sides.taking.live.resources.get(taking)
  const isOn = { giving: isOnNow(kind, given), taking: isOnNow(kind, taken) }
  const action = (move === 'cutover' ? cutoverAction : rollbackAction)(isOn, switched)
  const state = (isOn.giving && move === 'cutover' ? stateOf(kind, given) : undefined) ?? switched?.state ?? {}
  const wanted: Resource | undefined = move === 'cutover' ? wantedOf(migration, taking) : taken
  // A dual run has shifted its schedules, and may have led its results elsewhere.
  const isDualRun = move === 'cutover' && isInDualRun(switched)
  const base = { ref, kind, action, giving, taking, switched, state, isDualRun }
  if (!given || !taken) return base
  const active = wanted && { ...wanted, spec: { ...wanted.spec, ...state } }
  const on = active ? (isDualRun ? active : withActivationOf(kind, taken, active)) : taken
  return {
    ...base,
    off: paused(kind, given),
    before: { ...given, spec: { ...given.spec, ...onSpec(kind, state) } },
    on,
  }
}

function wantedOf({ wanted }: Migration, target: Ref): Resource | undefined {
  return wanted.snapshot.resources.find((one) => refOf(one) === target)
}

/** The fields that switch a resource on, of those that it takes over; without any, it was on before. */
function onSpec(kind: Kind, state: JsonObject): JsonObject {
  const names = Object.keys(kind.disabledSpec ?? {})
  return Object.fromEntries(Object.entries(state).filter(([name]) => names.includes(name)))
}

/** The operational fields of a resource: what the other side takes over. Schedules have their own, and keep it. */
function stateOf(kind: Kind, resource: Resource | undefined): NonNullable<SwitchStep['state']> | undefined {
  if (!resource) return undefined
  return Object.fromEntries(Object.entries(resource.spec).filter(([name]) => kind.fields[name]?.operational))
}

/** Whether a resource is on, so that it starts work by itself or for others; undefined if there is none. */
export function isOnNow(kind: Kind, resource: Resource | undefined): IsOn {
  return resource && isOpen(kind, resource.spec)
}

/** A step of the migration's journal. */
export function stepOf(
  { ref, giving, taking, state }: SwitchMember,
  { wave, move, context }: { readonly wave: string; readonly move: WaveMove; readonly context: Pick<Context, 'now'> },
  step: SwitchStep['step'],
  more: Partial<SwitchStep>,
): SwitchStep {
  const target = move === 'cutover' ? taking : giving
  const begun = step === 'begin' ? { state } : {}
  return { type: 'switch', time: context.now(), wave, move, ref, target, step, ...begun, ...more }
}
