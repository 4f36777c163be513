import type { Context } from '../context.ts'
import { dependenciesOf, reachable } from '../graph/dependencies.ts'
import { Failure, type Issue, type IssueCode } from '../issue.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { externalEdges } from '../selection/external.ts'
import { matcherOf } from '../selection/scope.ts'
import { type Selection, selected, selects } from '../selection/selection.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import { readSnapshot } from './load-snapshot.ts'

export interface GraphRequest extends Selection, EnvironmentChoice {
  readonly snapshot: string
  /** Refs, or globs over refs, that are shown with their dependencies. */
  readonly focus?: readonly string[]
  /** The maximum number of steps from the focus. */
  readonly depth?: number
  /** Dependents of the focus, instead of its dependencies. */
  readonly reverse?: boolean
}

/** The focus of a graph. */
export interface GraphFocus {
  readonly refs: readonly Ref[]
  readonly towards: 'needs' | 'needed-by'
  readonly depth?: number
}

/** The dependency graph of a snapshot, with the errors that it can show. */
export interface SnapshotGraph {
  readonly snapshot: Snapshot
  readonly issues: readonly Issue[]
  readonly placeOf: Parsed['placeOf']
  readonly focus?: GraphFocus
  readonly resources: readonly Resource[]
  /** External resources that those refer to. */
  readonly external: readonly Ref[]
  readonly edges: ReturnType<typeof dependenciesOf>
}

/** Errors that a graph can show. */
const drawable: ReadonlySet<IssueCode> = new Set(['cycle', 'dangling-ref', 'missing-ref', 'wrong-kind'])

/** The dependency graph of a snapshot. Throws `Failure` for errors that it cannot show. */
export async function graphSnapshot(request: GraphRequest, context: Context): Promise<SnapshotGraph> {
  const { kinds } = context
  const { snapshot, issues, placeOf } = await readSnapshot(request.snapshot, context, request)
  if (issues.some(({ code, severity }) => severity === 'error' && !drawable.has(code))) throw new Failure(issues)
  const resources = selects(request) ? selected(snapshot.resources, kinds, request) : snapshot.resources
  const external = [...externalEdges({ ...snapshot, resources }, kinds).keys()]
  const edges = dependenciesOf(resources, kinds, external)
  const known = [...resources.map(refOf), ...external]
  const focus = focusOf(request, known)
  if (!focus) return { snapshot, issues, placeOf, resources, external, edges: edgesWithin(edges, new Set(known)) }
  const kept = reachable(focus.refs, edges, focus.towards, focus.depth)
  const shown = resources.filter((resource) => kept.has(refOf(resource)))
  const outside = external.filter((ref) => kept.has(ref))
  return { snapshot, issues, placeOf, focus, resources: shown, external: outside, edges: edgesWithin(edges, kept) }
}

function edgesWithin(edges: SnapshotGraph['edges'], refs: ReadonlySet<Ref>): SnapshotGraph['edges'] {
  return edges.filter(({ from, to }) => refs.has(from) && refs.has(to))
}

function focusOf({ focus, depth, reverse }: GraphRequest, known: readonly Ref[]): GraphFocus | undefined {
  if (focus === undefined) {
    if (depth === undefined && !reverse) return undefined
    throw usage('--depth and --reverse need a resource to start from.', 'Add --focus KIND/KEY.')
  }
  const refs = focus.flatMap((word) => named(word, known))
  return { refs, towards: reverse ? 'needed-by' : 'needs', ...(depth === undefined ? {} : { depth }) }
}

/** The resource with this ref, or else those that match the glob. */
function named(word: string, known: readonly Ref[]): Ref[] {
  const exact = known.find((ref) => ref === word)
  if (exact) return [exact]
  const found = known.filter(matcherOf(word))
  if (found.length > 0) return found
  const similar = suggest(word, known)
  const fix = similar ? `Did you mean ${similar}?` : 'Write it as KIND/KEY, such as deployment/etl/prod, or as a glob.'
  throw usage(`The snapshot has no resource ${JSON.stringify(word)} to focus on.`, fix)
}

function usage(message: string, fix: string): Failure {
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
