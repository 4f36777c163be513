import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { edgesOf } from './edges.ts'

/** The chosen resources with all that they need, directly and indirectly; in the order given. */
export function withNeeds<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  chosen: (resource: T) => boolean,
): T[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const refs = resources.map(refOf)
  const byRef = new Map<Ref, T>(resources.map((resource, index) => [refs[index] as Ref, resource]))
  const found = new Set<Ref>()
  const open = refs.filter((_, index) => chosen(resources[index] as T))
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const resource = byRef.get(ref)
    const kind = resource && byName.get(resource.kind)
    if (!kind || found.has(ref)) continue
    found.add(ref)
    for (const { to } of edgesOf(kind, ref, resource)) open.push(to)
  }
  return resources.filter((_, index) => found.has(refs[index] as Ref))
}
