import type { Issue } from '../issue.ts'
import { sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import type { Change, LiveResource, Ref, Resource } from '../model.ts'
import { differingPlaces } from '../spec.ts'

/** Share of a resource's fields that must be the same for a delete and a create to look like a rename. */
const likely = 0.8

/** Creates that a delete is compared with at most: the time for a plan grows with its changes, not with their square. */
const mostCandidates = 20

type Create = Change & { action: 'create' }

/** Points out deletes and creates that look like one resource with a new name. */
export function likelyRenames(changes: readonly Change[], kinds: readonly Kind[]): Issue[] {
  const candidates = indexCreates(changes)
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return changes.flatMap((change): Issue[] => {
    const kind = change.action === 'delete' ? byName.get(change.before.kind) : undefined
    if (change.action !== 'delete' || !kind) return []
    const found = candidates(change.before).find(({ after }) => likeness(kind, change.before, after) >= likely)
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
 * Finds the creates that may be at least `likely` the same as a resource, in the order of the plan. Such a create has one of
 * the resource's rarest fields: of n fields all but `floor(n * (1 - likely))` have to be the same.
 */
function indexCreates(changes: readonly Change[]): (resource: Resource) => readonly Create[] {
  const creates = new Map<string, Create[]>()
  for (const change of changes)
    if (change.action === 'create') for (const field of fieldsOf(change.after)) listAt(creates, field).push(change)
  const rarity = (field: string) => creates.get(field)?.length ?? 0
  return (resource) => {
    const fields = fieldsOf(resource).sort((a, b) => rarity(a) - rarity(b))
    const found = new Set<Create>()
    for (const field of fields.slice(0, Math.floor(fields.length * (1 - likely) + 1e-9) + 1)) {
      for (const create of creates.get(field) ?? []) {
        if (found.size === mostCandidates) return [...found]
        found.add(create)
      }
    }
    return [...found]
  }
}

/** Each top-level field and ref of a resource with its value, as text that is the same for the same content. */
function fieldsOf({ kind, spec, refs }: Resource): string[] {
  const fields = { ...spec, ...Object.fromEntries(Object.entries(refs).map(([name, ref]) => [`ref ${name}`, ref])) }
  return Object.entries(fields).map(([name, value]) => `${kind} ${name} ${writeJson(sortKeys(value))}`)
}

/** The share of fields and refs that are the same. */
function likeness(kind: Kind, before: LiveResource, after: Resource): number {
  const size = new Set([
    ...Object.keys(before.spec),
    ...Object.keys(after.spec),
    ...Object.keys(before.refs),
    ...Object.keys(after.refs),
  ]).size
  return size === 0 ? 0 : 1 - differingPlaces(kind, before, after).size / size
}
