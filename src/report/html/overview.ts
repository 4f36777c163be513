import type { Ref } from '../../ref.ts'
import { layoutGraph, type Picture } from '../graph/layout.ts'
import { externalIn, type Mark } from '../graph/svg.ts'
import type { EdgeReport, Report } from '../model/report.ts'

/** The page's picture, and how much it omits. */
export interface Overview {
  readonly picture: Picture
  readonly actions: ReadonlyMap<Ref, Mark>
  /** The number of resources in the report. */
  readonly all: number
}

/** The maximum number of resources in the picture. Larger pictures are unreadable, and browsers become slow. */
const maxNodes = 2500

/**
 * Selects what to draw and lays it out. For a graph: everything. For a plan: the changes with an edge, and their
 * neighbors; if that is too much, only changes that depend on each other.
 */
export async function overviewOf(report: Report): Promise<Overview> {
  const actions = new Map<Ref, Mark>()
  if (report.schema === 'prefect-snapshot/graph') {
    const refs = report.resources.map(({ ref }) => ref).slice(0, maxNodes)
    return {
      picture: await layoutGraph(refs, report.edges),
      actions: externalIn(report.resources),
      all: report.resources.length,
    }
  }
  if (!('changes' in report)) return { picture: await layoutGraph([], []), actions, all: 0 }
  for (const { ref, action } of report.changes) if (action !== 'patch-cycle') actions.set(ref, action)
  const unsupported = 'unsupported' in report ? report.unsupported.map(({ ref }) => ref) : []
  const changed = new Set([...actions.keys(), ...unsupported])
  const neighborhood = withNeighbors(changed, report.edges)
  const drawn = [...(neighborhood.size <= maxNodes ? neighborhood : touched(changed, report.edges))].slice(0, maxNodes)
  const all = new Set([...report.unchanged, ...changed]).size
  return { picture: await layoutGraph(drawn, report.edges), actions, all }
}

/** Changing resources with an edge to another changing resource. */
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
