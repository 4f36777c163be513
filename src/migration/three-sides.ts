import { createHash } from 'node:crypto'
import { type Json, type Pointer, sortKeys, step, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { FieldChange, Resource } from '../model.ts'
import { differences } from '../spec/differences.ts'
import type { SyncedStep } from './migration-journal.ts'

/**
 * What becomes of a field that differs between both sides. `carry`: only the old side has changed it since they were equal.
 * `keep`: only the new side has. `conflict`: both have. `unknown`: it is not known which side has. `accepted`: the difference
 * was known and accepted, and neither side has changed it since. `held`: what a resource runs on that is live at the new side,
 * which no sync changes.
 */
export type FieldFate = 'carry' | 'keep' | 'conflict' | 'unknown' | 'accepted' | 'held'

/** A top-level field that differs between both sides. */
export interface DifferingField {
  /** Such as `/spec/parameters`, `/refs/queue` or `/secrets/data`. */
  readonly field: Pointer
  readonly fate: FieldFate
  /** Its smallest differing values: `before` is what the new side has, `after` what the old side has. */
  readonly changes: readonly FieldChange[]
}

/** The base of a comparison of three sides: what was carried over last, or as it was written. */
export type SyncBase = { readonly step: SyncedStep } | { readonly written: Resource }

/** What both sides have of one resource. */
export interface BothSides {
  /** As the old side has it, through the overlays. */
  readonly wanted: Resource
  /** As the new side would have to become. */
  readonly after: Resource
  /** As the new side has it. */
  readonly live: Resource
  readonly fields: readonly FieldChange[]
  /** Whether the new side runs it, or is to. */
  readonly isLive: boolean
}

/** The top-level fields that differ, with what becomes of each. Pure. */
export function differingFields(kind: Kind, sides: BothSides, base: SyncBase | undefined): DifferingField[] {
  const byField = new Map<Pointer, FieldChange[]>()
  for (const change of sides.fields) {
    const field = topOf(change.pointer)
    byField.set(field, [...(byField.get(field) ?? []), change])
  }
  const fateOf = fates(kind, sides, base)
  return [...byField].map(([field, changes]) => {
    const fate = fateOf(field)
    return { field, fate: sides.isLive && isReference(field) && fate !== 'accepted' ? 'held' : fate, changes }
  })
}

function isReference(field: Pointer): boolean {
  return field.startsWith('/refs/')
}

/** The pointer of the top-level field. */
function topOf(pointer: Pointer): Pointer {
  return pointer.split('/').slice(0, 3).join('/')
}

function fates(kind: Kind, sides: BothSides, base: SyncBase | undefined): (field: Pointer) => FieldFate {
  if (!base) return () => 'unknown'
  if ('written' in base) {
    const [old, new_] = [topsOf(kind, base.written, sides.after), topsOf(kind, sides.live, base.written)]
    return (field) => (isSecret(field) ? 'unknown' : fateOf(old.has(field), new_.has(field), 'unknown'))
  }
  const [old, new_] = [fieldHashes(kind, sides.wanted), fieldHashes(kind, sides.live)]
  const { fields, there = {}, unknown = [] } = base.step
  return (field) => {
    if (isSecret(field) || unknown.includes(field)) return 'unknown'
    return fateOf(
      old[field] !== fields[field],
      (new_[field] ?? '') !== (there[field] ?? fields[field] ?? ''),
      'accepted',
    )
  }
}

/** The journal has no hashes of secrets, from which short ones could be guessed. */
function isSecret(field: Pointer): boolean {
  return field.startsWith('/secrets/')
}

function fateOf(isOld: boolean, isNew: boolean, neither: FieldFate): FieldFate {
  if (isOld) return isNew ? 'conflict' : 'carry'
  return isNew ? 'keep' : neither
}

function topsOf(kind: Kind, before: Resource, after: Resource): ReadonlySet<Pointer> {
  return new Set(differences(kind, before, after).map(({ pointer }) => topOf(pointer)))
}

/** A hash of each field of a resource that is not at its default, by its pointer; without switches and secrets. */
export function fieldHashes(kind: Kind, resource: Resource): Record<Pointer, string> {
  const { spec, refs } = kind.withoutActivation?.(resource) ?? resource
  const hashes: Record<Pointer, string> = {}
  for (const [name, { operational }] of Object.entries(kind.fields)) {
    const value = spec[name]
    if (value !== undefined && !operational) hashes[step('/spec', name)] = hashOf(value)
  }
  for (const [name, { unreadable }] of Object.entries(kind.refFields)) {
    const ref = refs[name]
    if (ref !== undefined && !unreadable) hashes[step('/refs', name)] = hashOf(ref)
  }
  return hashes
}

function hashOf(value: Json): string {
  return createHash('sha256')
    .update(writeJson(sortKeys(value)))
    .digest('hex')
    .slice(0, 16)
}
/** What a step of the journal says of a resource that both sides have. */
export interface Synced {
  readonly wanted: Resource
  readonly live: Resource
  /** Fields that still differ, and whose difference is not accepted. */
  readonly open: readonly Pointer[]
  readonly before: Pick<SyncedStep, 'fields' | 'there' | 'unknown'> | undefined
}

/**
 * What was carried over, as the base of the next comparison. A field that differs keeps its previous base, so that it is told
 * again. Pure.
 */
export function syncedFields(
  kind: Kind,
  { wanted, live, open, before }: Synced,
): Pick<SyncedStep, 'fields' | 'there' | 'unknown'> {
  const [old, new_] = [fieldHashes(kind, wanted), fieldHashes(kind, live)]
  const isOpen = new Set(open)
  const previous = (hashes: Readonly<Record<Pointer, string>> | undefined) =>
    Object.entries(hashes ?? {}).filter(([field]) => isOpen.has(field))
  const closed = Object.entries(old).filter(([field]) => !isOpen.has(field))
  const fields = Object.fromEntries([...closed, ...previous(before?.fields)])
  const names = [...new Set([...Object.keys(old), ...Object.keys(new_)])].filter((field) => !isOpen.has(field))
  const differing = names.flatMap((field): [Pointer, string][] =>
    old[field] === new_[field] ? [] : [[field, new_[field] ?? '']],
  )
  const there = Object.fromEntries([...differing, ...previous(before?.there)])
  const unknown = before
    ? (before.unknown ?? []).filter((field) => isOpen.has(field))
    : open.filter((field) => !isSecret(field))
  return {
    fields,
    ...(Object.keys(there).length > 0 ? { there } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  }
}
