import type { Context } from '../context.ts'
import type { ResourceSubject } from '../explanation.ts'
import { type Edge, edgeFinder } from '../graph/edges.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref } from '../model.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { externalsOf } from '../selection/external.ts'
import { suggest } from '../suggest.ts'
import { loadSnapshot } from './load-snapshot.ts'

export interface ExplainResourceRequest extends EnvironmentChoice {
  readonly ref: string
  readonly snapshot: string
}

/** Describes a resource of a snapshot, or an external one that it refers to. Throws `Failure` with a suggestion for any other ref. */
export async function explainResource(request: ExplainResourceRequest, context: Context): Promise<ResourceSubject> {
  const { kinds } = context
  const { snapshot, placeOf } = await loadSnapshot(request.snapshot, context, request)
  const edges = snapshot.resources.flatMap(edgeFinder(kinds))
  const own = new Set(snapshot.resources.map(refOf))
  const { covers } = externalsOf(snapshot, kinds)
  const isExternal = (ref: Ref) => !own.has(ref) && covers(ref)
  const known = [...new Set([...own, ...edges.map(({ to }) => to).filter(isExternal)])]
  const ref = known.find((one) => one === request.ref)
  if (ref === undefined) throw unknownRef(request, known)
  const neighbor = (other: Ref, { pointer, via }: Edge) => ({ ref: other, pointer, via, external: isExternal(other) })
  const refersTo = edges.filter(({ from }) => from === ref).map((edge) => neighbor(edge.to, edge))
  const referredToBy = edges.filter(({ to }) => to === ref).map((edge) => neighbor(edge.from, edge))
  const at = placeOf(ref)
  return {
    type: 'resource',
    ref,
    ...(at ? { place: { file: at.file, line: at.line } } : {}),
    ...(isExternal(ref) ? { external: globsOf(ref, snapshot.external ?? [], kinds) } : {}),
    refersTo,
    referredToBy,
  }
}

function globsOf(ref: Ref, globs: readonly string[], kinds: readonly Kind[]): string[] {
  return globs.filter((glob) => externalsOf({ external: [glob] }, kinds).covers(ref))
}

function unknownRef({ ref, snapshot }: ExplainResourceRequest, known: readonly Ref[]): Failure {
  const similar = suggest(ref, known)
  const message = `${snapshot} has no resource ${JSON.stringify(ref)} and does not refer to it.`
  const fix = similar ? `Did you mean ${similar}?` : 'Write it as KIND/KEY, such as deployment/etl/prod.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
