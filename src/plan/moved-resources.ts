import type { Issue } from '../issue.ts'
import { type JsonObject, mapStrings } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, LiveResource, Ref, Rename, Snapshot } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { differences } from '../spec.ts'
import { tokenOf } from '../token.ts'

/** The moves that still have to be done: the old name is on the server and the new one is not. */
export function openMoves(moves: readonly Rename[], snapshot: Snapshot, live: Live): Rename[] {
  const wanted = new Set(snapshot.resources.map(refOf))
  return moves.filter(({ from, to }) => live.resources.has(from) && !live.resources.has(to) && wanted.has(to))
}

/** Whether the server can give a resource of this kind another name. */
export function canRename(kinds: readonly Kind[], { from, to }: Rename): boolean {
  const kind = kinds.find(({ name }) => name === splitRef(from).kind)
  return (
    kind?.renames !== undefined && splitRef(to).kind === kind.name && kind.renames(splitRef(from).key, splitRef(to).key)
  )
}

/** What the server will hold once the names are changed in place: what points to the old one points to the new one. */
export function afterRenames(live: Live, moves: readonly Rename[]): Live {
  if (moves.length === 0) return live
  const names = new Map(moves.map(({ from, to }) => [from, to]))
  const tokens = new Map(moves.map(({ from, to }) => [tokenOf(from), tokenOf(to)]))
  const rewrite = (text: string) => {
    let out = text
    for (const [from, to] of tokens) out = out.replaceAll(from, to)
    return out
  }
  const resources = new Map<Ref, LiveResource>()
  for (const [ref, resource] of live.resources) {
    const refs = Object.fromEntries(Object.entries(resource.refs).map(([slot, to]) => [slot, names.get(to) ?? to]))
    resources.set(names.get(ref) ?? ref, { ...resource, refs, spec: mapStrings(resource.spec, rewrite) as JsonObject })
  }
  return { ...live, resources }
}

/** Share of a resource's content that must be the same for a delete and a create to look like a rename. */
const likely = 0.8

/** Beyond so many pairs to compare it is another world, and no rename. */
const mostPairs = 1_000_000

/** Points out deletes and creates that look like one resource with a new name. */
export function likelyRenames(changes: readonly Change[], kinds: readonly Kind[]): Issue[] {
  const issues: Issue[] = []
  const deletes = changes.flatMap((change) => (change.action === 'delete' ? [change] : []))
  const creates = changes.flatMap((change) => (change.action === 'create' ? [change] : []))
  if (deletes.length * creates.length > mostPairs) return []
  for (const { before, ref: from } of deletes) {
    const kind = kinds.find(({ name }) => name === before.kind)
    if (!kind) continue
    const found = creates.find(({ after }) => after.kind === before.kind && likeness(kind, before, after) >= likely)
    if (!found) continue
    const message = `${from} is deleted and ${found.ref} is made, with nearly the same content: this looks like a rename`
    issues.push({
      code: 'likely-rename',
      severity: 'warning',
      message,
      ref: from,
      fix: `If it is one, say so: moved: [{from: ${from}, to: ${found.ref}}]`,
    })
  }
  return issues
}

function likeness(kind: Kind, before: LiveResource, after: Parameters<typeof differences>[2]): number {
  const size = new Set([
    ...Object.keys(before.spec),
    ...Object.keys(after.spec),
    ...Object.keys(before.refs),
    ...Object.keys(after.refs),
  ]).size
  const changed = new Set(
    differences(kind, before, after).map(({ pointer }) => pointer.split('/').slice(1, 3).join('/')),
  )
  return size === 0 ? 0 : 1 - changed.size / size
}
