import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { edgeFinder } from './edges.ts'

/** The chosen resources and their dependencies, direct and indirect, in the given order. */
export function withNeeds<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  chosen: (resource: T) => boolean,
): T[] {
  const edgesOf = edgeFinder(kinds)
  const rest = new Map<Ref, T>()
  const open: T[] = []
  for (const resource of resources) {
    if (chosen(resource)) open.push(resource)
    else rest.set(refOf(resource), resource)
  }
  // Usually nearly all resources are chosen: only the others are visited.
  for (let resource = open.pop(); resource && rest.size > 0; resource = open.pop()) {
    for (const { to } of edgesOf(resource)) {
      const needed = rest.get(to)
      if (!needed) continue
      rest.delete(to)
      open.push(needed)
    }
  }
  const left = new Set(rest.values())
  return resources.filter((resource) => !left.has(resource))
}
