import { type Dependency, dependenciesOf } from '../graph/dependencies.ts'
import type { Kind } from '../kind.ts'
import type { Plan, Resource } from '../model.ts'

/** The edges between resources, including those that a plan deletes. */
export function planEdges(
  { changes }: Plan,
  resources: readonly Resource[],
  kinds: readonly Kind[],
): readonly Dependency[] {
  const deleted = changes.flatMap((change): Resource[] => (change.action === 'delete' ? [change.before] : []))
  return dependenciesOf([...resources, ...deleted], kinds)
}
