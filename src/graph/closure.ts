import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'
import { edgeFinder } from './edges.ts'

/** Returns the selected resources and their direct and indirect dependencies, in the given order. */
export function withDependencies<T extends Resource>(
  resources: readonly T[],
  kinds: readonly Kind[],
  isSelected: (resource: T) => boolean,
): T[] {
  const edgesOf = edgeFinder(kinds)
  const unselected = new Map<Ref, T>()
  const queue: T[] = []
  for (const resource of resources) {
    if (isSelected(resource)) queue.push(resource)
    else unselected.set(refOf(resource), resource)
  }
  // Usually nearly all resources are selected, so only the others are tracked.
  for (let resource = queue.pop(); resource && unselected.size > 0; resource = queue.pop()) {
    for (const { to } of edgesOf(resource)) {
      const dependency = unselected.get(to)
      if (!dependency) continue
      unselected.delete(to)
      queue.push(dependency)
    }
  }
  const excluded = new Set(unselected.values())
  return resources.filter((resource) => !excluded.has(resource))
}
