import type { Kind } from '../kind.ts'
import type { Placeholder } from '../model.ts'
import { planEdges } from '../operations/plan-edges.ts'
import type { PlannedSnapshot } from '../operations/plan-snapshot.ts'
import type { Format } from '../report/index.ts'
import { plannedOf } from '../report/model/build-report.ts'
import type { Planned } from '../report/model/report.ts'

/** What a report of `plan` and of `apply` says of a plan; edges are left out of text, which does not show them. */
export function plannedReport(
  planned: PlannedSnapshot,
  { format, next }: { readonly format?: Format; readonly next?: readonly string[] },
  kinds: readonly Kind[],
): Planned {
  const { plan, live, parsed, secretValues, to, file, base } = planned
  return plannedOf(plan, {
    profile: to.name,
    server: live.server,
    file,
    snapshot: parsed.snapshot,
    kinds: kinds.map(({ name }) => name),
    placeOf: parsed.placeOf,
    ...(parsed.originsOf ? { originsOf: parsed.originsOf } : {}),
    filled: (placeholder: Placeholder) => secretValues.secretFor(placeholder) !== undefined,
    edges: format === 'text' ? [] : planEdges(plan, parsed.snapshot.resources, kinds),
    ...(base ? { base } : {}),
    ...(next ? { next } : {}),
  })
}
