import type { Kind } from '../kind.ts'
import type { Placeholder, Snapshot } from '../model.ts'
import { planEdges } from '../operations/plan-edges.ts'
import type { PlannedSnapshot } from '../operations/plan-snapshot.ts'
import type { Format } from '../report/index.ts'
import { plannedOf } from '../report/model/build-report.ts'
import type { Planned } from '../report/model/report.ts'
import { supports } from '../version.ts'

/** The kinds that the server can have, or that the snapshot has. */
function namesOf(kinds: readonly Kind[], { resources }: Snapshot, version: string): string[] {
  const had = new Set(resources.map(({ kind }) => kind))
  return kinds.filter((kind) => supports(version, kind) || had.has(kind.name)).map(({ name }) => name)
}

/** The part of a report that describes a plan. The text format shows no edges, so they are omitted from it. */
export function plannedReport(
  planned: PlannedSnapshot,
  { format, next }: { readonly format?: Format; readonly next?: readonly string[] },
  kinds: readonly Kind[],
): Planned {
  const { plan, live, parsed, secretValues, to, file, base } = planned
  return plannedOf(plan, {
    profile: to.name,
    server: { url: live.server.url, version: live.server.version },
    file,
    snapshot: parsed.snapshot,
    kinds: namesOf(kinds, parsed.snapshot, live.server.version),
    placeOf: parsed.placeOf,
    ...(parsed.originsOf ? { originsOf: parsed.originsOf } : {}),
    filled: (placeholder: Placeholder) => secretValues.secretFor(placeholder) !== undefined,
    edges: format === 'text' ? [] : planEdges(plan, parsed.snapshot.resources, kinds),
    ...(base ? { base } : {}),
    ...(next ? { next } : {}),
  })
}
