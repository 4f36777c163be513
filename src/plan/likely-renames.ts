import type { Issue } from '../issue.ts'
import { sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Change, LiveResource, Ref, Resource } from '../model.ts'
import { differingFields } from '../spec/differences.ts'

/** The minimum share of equal fields for a delete and a create to look like a rename. */
const minLikeness = 0.8

/**
 * The maximum number of creates to compare with each delete, so that the time for a plan is linear in the number of
 * changes.
 */
const maxCandidates = 20

type Create = Change & { action: 'create' }

/** A warning for each pair of a delete and a create that look like one resource with a new name. */
export function likelyRenames(changes: readonly Change[], kinds: readonly Kind[]): Issue[] {
  const candidates = indexCreates(changes)
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return changes.flatMap((change): Issue[] => {
    const kind = change.action === 'delete' ? byName.get(change.before.kind) : undefined
    if (change.action !== 'delete' || !kind) return []
    const found = candidates(change.before).find(({ after }) => likeness(kind, change.before, after) >= minLikeness)
    return found ? [issue(change.ref, found.ref)] : []
  })
}

function issue(from: Ref, to: Ref): Issue {
  return {
    code: 'likely-rename',
    severity: 'warning',
    message: `${from} is deleted and ${to} is created with nearly the same content: this looks like a rename.`,
    ref: from,
    fix: `If it is one, add it to the snapshot's header: moved: [{from: ${from}, to: ${to}}].`,
  }
}

/**
 * Returns a function that finds, in plan order, the creates whose likeness to a resource may reach `likely`. Such a
 * create shares one of the resource's rarest fields: of n fields, all but `floor(n * (1 - likely))` must be equal.
 */
function indexCreates(changes: readonly Change[]): (resource: Resource) => readonly Create[] {
  const creates = new Map<string, Create[]>()
  for (const change of changes)
    if (change.action === 'create') for (const field of fieldsOf(change.after)) listAt(creates, field).push(change)
  const rarity = (field: string) => creates.get(field)?.length ?? 0
  return (resource) => {
    const fields = fieldsOf(resource).sort((a, b) => rarity(a) - rarity(b))
    const found = new Set<Create>()
    for (const field of fields.slice(0, Math.floor(fields.length * (1 - minLikeness) + 1e-9) + 1)) {
      for (const create of creates.get(field) ?? []) {
        if (found.size === maxCandidates) return [...found]
        found.add(create)
      }
    }
    return [...found]
  }
}

/** Each top-level field and ref of a resource with its value, as canonical text. */
function fieldsOf({ kind, spec, refs }: Resource): string[] {
  const fields = { ...spec, ...Object.fromEntries(Object.entries(refs).map(([name, ref]) => [`ref ${name}`, ref])) }
  return Object.entries(fields).map(([name, value]) => `${kind} ${name} ${writeJson(sortKeys(value))}`)
}

/** The share of fields and refs that are equal. */
function likeness(kind: Kind, before: LiveResource, after: Resource): number {
  const size = new Set([
    ...Object.keys(before.spec),
    ...Object.keys(after.spec),
    ...Object.keys(before.refs),
    ...Object.keys(after.refs),
  ]).size
  return size === 0 ? 0 : 1 - differingFields(kind, before, after).size / size
}
