import { type Dependency, dependenciesOf } from '../graph/dependencies.ts'
import { edgeFinder } from '../graph/edges.ts'
import type { Kind } from '../kind.ts'
import type { Plan, Ref, Resource } from '../model.ts'

/** The edges between resources, including those that a plan deletes. */
export function planEdges(
  { changes }: Plan,
  resources: readonly Resource[],
  kinds: readonly Kind[],
): readonly Dependency[] {
  const deleted = changes.flatMap((change): Resource[] => (change.action === 'delete' ? [change.before] : []))
  return dependenciesOf([...resources, ...deleted], kinds)
}

/** A function that returns what a resource refers to by ID. */
export function referencesOf(kinds: readonly Kind[]): (resource: Resource) => readonly Ref[] {
  const edgesOf = edgeFinder(kinds)
  return (resource) => [...new Set(edgesOf(resource).flatMap(({ to, via }) => (via === 'name' ? [] : [to])))]
}
