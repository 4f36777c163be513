import { type JsonObject, mapStrings } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Ref, Rename, Snapshot } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { renameTokens } from '../token.ts'

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
  const rewrite = (text: string) => renameTokens(text, (ref) => names.get(ref) ?? ref)
  const resources = new Map<Ref, LiveResource>()
  for (const [ref, resource] of live.resources) {
    const refs = Object.fromEntries(Object.entries(resource.refs).map(([slot, to]) => [slot, names.get(to) ?? to]))
    resources.set(names.get(ref) ?? ref, { ...resource, refs, spec: mapStrings(resource.spec, rewrite) as JsonObject })
  }
  return { ...live, resources }
}
