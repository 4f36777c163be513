import { edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import { type Json, type Pointer, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Resource } from '../model.ts'
import { shorten } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import type { DifferingField } from './three-sides.ts'

/** What is done with fields that both sides have changed, or of which it is not known which side has: the values of one side win. */
export type Prefer = 'old' | 'new'

/** How a resource is that both sides have. */
export interface Merging {
  readonly wanted: Resource
  readonly live: LiveResource
  readonly fields: readonly DifferingField[]
  /** Its schedules at the new side differ for a comparison, which is not told. */
  readonly inDualRun: boolean
}

/** A resource as a sync writes it, with what it does not write and what has to be told. */
export interface Merged {
  readonly resource: Resource
  /** Fields that keep the value of the new side. */
  readonly kept: readonly Pointer[]
  /** Fields that differ on, and whose difference nobody has accepted. */
  readonly open: readonly Pointer[]
  readonly conflicts: readonly DifferingField[]
  readonly issues: readonly Issue[]
}

/** Merges what both sides have of one resource: the values of the new side, except for the fields that are carried over. Pure. */
export function mergeSides({ wanted, live, fields, inDualRun }: Merging, prefer: Prefer | undefined): Merged {
  const ref = refOf(wanted)
  const held = fields.filter(({ fate }) => fate === 'held')
  const undecided = fields.filter(({ fate }) => fate === 'conflict' || fate === 'unknown')
  const conflicts = prefer === undefined ? undecided : []
  const carried = fields.filter((one) => one.fate === 'carry' || (prefer === 'old' && undecided.includes(one)))
  const own = fields.filter(({ fate }) => fate === 'keep')
  const kept = fields.filter((one) => !carried.includes(one)).map(({ field }) => field)
  return {
    resource: withFieldsOf(wanted, live, kept),
    kept,
    // With --prefer new, the difference is accepted.
    open: [...conflicts, ...own, ...carried, ...held].map(({ field }) => field),
    conflicts,
    issues: [
      ...conflicts.map((field) => conflictIssue(ref, field)),
      ...(own.length > 0 && !inDualRun ? [keptIssue(ref, own)] : []),
      ...(held.length > 0 ? [heldIssue(ref, held)] : []),
    ],
  }
}

/** A resource with these top-level fields of another one. */
function withFieldsOf(wanted: Resource, live: Resource, fields: readonly Pointer[]): Resource {
  const spec: Record<string, Json> = { ...wanted.spec }
  const refs: Record<string, Ref> = { ...wanted.refs }
  const secrets = { ...wanted.secrets }
  for (const field of fields) {
    const [, part = '', name = ''] = field.split('/')
    if (part === 'spec') take(spec, live.spec, name)
    else if (part === 'refs') take(refs, live.refs, name)
    else if (part === 'secrets') {
      for (const pointer of Object.keys(secrets)) if (isIn(pointer, name)) delete secrets[pointer]
      for (const [pointer, source] of Object.entries(live.secrets)) if (isIn(pointer, name)) secrets[pointer] = source
    }
  }
  return { ...wanted, spec, refs, secrets }
}

function take<V>(to: Record<string, V>, from: Readonly<Record<string, V>>, escaped: string): void {
  const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
  const value = from[name]
  if (value === undefined) delete to[name]
  else to[name] = value
}

function isIn(pointer: Pointer, name: string): boolean {
  return pointer === `/${name}` || pointer.startsWith(`/${name}/`)
}

/**
 * The resources with those of the new side that only they refer to, which a snapshot of them has to have: what a kept field
 * refers to may not exist at the old side.
 */
export function withReferredTo(
  resources: readonly Resource[],
  live: ReadonlyMap<Ref, LiveResource>,
  kinds: readonly Kind[],
): Resource[] {
  const edgesOf = edgeFinder(kinds)
  const all = new Map(resources.map((resource) => [refOf(resource), resource]))
  const queue = [...resources]
  for (let resource = queue.pop(); resource; resource = queue.pop()) {
    for (const { to, via } of edgesOf(resource)) {
      const other = live.get(to)
      if (via === 'name' || !other || all.has(to)) continue
      all.set(to, other)
      queue.push(other)
    }
  }
  return [...all.values()]
}

function conflictIssue(ref: Ref, { field, fate, changes }: DifferingField): Issue {
  const values = changes.slice(0, 3).map(({ pointer, before, after }) => {
    const at = pointer === field ? '' : `${pointer.slice(field.length)} `
    return `${at}old side ${show(after)}, new side ${show(before)}`
  })
  const more = changes.length > values.length ? `; and ${changes.length - values.length} more` : ''
  const reason =
    fate === 'conflict' ? 'has changed on both sides' : 'differs, and it is not known which side has changed it'
  const message = `${ref} ${field} ${reason}, so it is not written: ${values.join('; ')}${more}.`
  const fix = 'Make both sides equal, or pass --prefer old or --prefer new.'
  return { code: 'changed-on-both', severity: 'warning', message, ref, fix }
}

function keptIssue(ref: Ref, fields: readonly DifferingField[]): Issue {
  const message = `${ref} has changed only at the new side, which keeps its values: ${names(fields)}.`
  const fix = 'Nothing has to be done. To take the values of the old side, change them at the new side by hand.'
  return { code: 'kept-at-new', severity: 'warning', message, ref, fix }
}

function heldIssue(ref: Ref, fields: readonly DifferingField[]): Issue {
  const message = `${ref} is live at the new side, so what it runs on is not changed: ${names(fields)}.`
  const fix = 'Add the reference of the new side to an overlay of the waves file, or change it at the new side by hand.'
  return { code: 'kept-at-new', severity: 'warning', message, ref, fix }
}

function names(fields: readonly DifferingField[]): string {
  return fields.map(({ field }) => field).join(', ')
}

function show(value: Json | undefined): string {
  return value === undefined ? 'none' : shorten(writeJson(value), 60)
}
