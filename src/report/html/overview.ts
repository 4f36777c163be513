import type { Ref } from '../../ref.ts'
import { layoutGraph, type Picture } from '../graph/layout.ts'
import type { Action } from '../model/change-report.ts'
import type { EdgeReport, Report } from '../model/report.ts'

/** What the page's picture shows, and what it leaves out. */
export interface Overview {
  readonly picture: Picture
  readonly actions: ReadonlyMap<Ref, Action>
  /** Resources that the report knows of. */
  readonly all: number
}

/** Beyond so many a picture is no help, and a browser slow. */
const most = 2500

/**
 * The picture of a report: of a graph everything; of a plan what changes and its neighbors, without what stands alone;
 * where that is too much, only what changes.
 */
export async function overviewOf(report: Report): Promise<Overview> {
  const actions = new Map<Ref, Action>()
  if (report.schema === 'prefect-snapshot/graph') {
    const refs = report.resources.map(({ ref }) => ref).slice(0, most)
    return { picture: await layoutGraph(refs, report.edges), actions, all: report.resources.length }
  }
  if (!('changes' in report)) return { picture: await layoutGraph([], []), actions, all: 0 }
  for (const { ref, action } of report.changes) if (action !== 'patch-cycle') actions.set(ref, action)
  const unsupported = 'unsupported' in report ? report.unsupported.map(({ ref }) => ref) : []
  const changed = new Set([...actions.keys(), ...unsupported])
  const near = withNeighbors(changed, report.edges)
  const drawn = [...(near.size <= most ? near : touched(changed, report.edges))].slice(0, most)
  const all = new Set([...report.unchanged, ...changed]).size
  return { picture: await layoutGraph(drawn, report.edges), actions, all }
}

/** Those with an edge to another that changes. */
function touched(changed: ReadonlySet<Ref>, edges: readonly EdgeReport[]): Set<Ref> {
  const inner = edges.filter(({ from, to }) => changed.has(from) && changed.has(to))
  return new Set(inner.flatMap(({ from, to }) => [from, to]))
}

function withNeighbors(changed: ReadonlySet<Ref>, edges: readonly EdgeReport[]): Set<Ref> {
  const found = new Set<Ref>()
  for (const { from, to } of edges) {
    if (!changed.has(from) && !changed.has(to)) continue
    found.add(from)
    found.add(to)
  }
  return found
}
