import type { Context } from '../context.ts'
import { type Edge, edgeFinder } from '../graph/edges.ts'
import { Failure, type Place } from '../issue.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref } from '../model.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { externalsOf } from '../selection/external.ts'
import { suggest } from '../suggest.ts'
import { loadSnapshot } from './load-snapshot.ts'

/** Which side of an edge the other resource is on, and what it is. */
export interface Neighbor extends Pick<Edge, 'pointer' | 'via'> {
  readonly ref: Ref
  /** Whether it exists only on the destination. */
  readonly external: boolean
}

/** A resource of a snapshot, with its edges. */
export interface ExplainedResource {
  readonly type: 'resource'
  readonly ref: Ref
  /** Its document; for an external resource, a document that is not used. */
  readonly place?: Pick<Place, 'file' | 'line'>
  /** The globs under `external:` that match it; absent unless it is external. */
  readonly external?: readonly string[]
  readonly refersTo: readonly Neighbor[]
  readonly referredToBy: readonly Neighbor[]
  /** The same as a JSON document. */
  readonly schema: JsonObject
}

export interface ExplainResourceRequest extends EnvironmentChoice {
  readonly ref: string
  readonly snapshot: string
}

/** Describes a resource of a snapshot, or an external one that it refers to. Throws `Failure` with a suggestion for any other ref. */
export async function explainResource(request: ExplainResourceRequest, context: Context): Promise<ExplainedResource> {
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
  const found = {
    ref,
    ...(at ? { place: { file: at.file, line: at.line } } : {}),
    ...(isExternal(ref) ? { external: globsOf(ref, snapshot.external ?? [], kinds) } : {}),
    refersTo,
    referredToBy,
  }
  return { type: 'resource', ...found, schema: found as unknown as Json as JsonObject }
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
