import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Ref, Resource, Snapshot } from '../model.ts'
import { type EnvironmentChoice, inEnvironment } from '../project/environments.ts'
import { withoutMasked, withPlaceholders } from '../secrets/placeholders.ts'
import { standInsFor } from '../secrets/stand-ins.ts'
import { selects } from '../selection/selection.ts'
import { type Parsed, refuseFaults, withoutText } from '../snapshot/parse.ts'
import { type Choice, chosenOf, snapshotOf } from './server-snapshot.ts'

type OverlayContext = Pick<Context, 'cwd' | 'env' | 'trust' | 'kinds'>

/** What a transfer takes along. */
export interface Transferred {
  /** The selection, with the names and values of the destination. */
  readonly parsed: Parsed
  /** The same without the selection; absent if everything is selected. */
  readonly fullSnapshot?: Snapshot
}

/** The snapshot of a transfer. Secrets keep their values; those that the source masks are placeholders. */
export function transferredSnapshot(source: Live, choice: Choice, kinds: readonly Kind[]): Snapshot {
  const { chosen: transferred, outside } = chosenOf([...source.resources.values()], choice, kinds)
  const resources = withoutMasked(transferred, kinds)
  return snapshotOf(source.server, choice, resources, outside)
}

/**
 * The snapshot of a transfer after the overlays of its environment, as `apply` selects from a file: overlays see all
 * resources, and the selection the names after them. Each resource keeps the `id` of the object at the source. Throws
 * `Failure` with all errors of the overlays.
 */
export async function transferredIn(
  source: Live,
  choice: Choice & EnvironmentChoice,
  context: OverlayContext,
): Promise<Transferred> {
  const { kinds } = context
  const { overlay, environment } = choice
  if (overlay === undefined && environment === undefined) {
    const parsed = withoutText(transferredSnapshot(source, choice, kinds))
    return selects(choice) ? { parsed, fullSnapshot: transferredSnapshot(source, {}, kinds) } : { parsed }
  }
  const overlaid = await throughOverlays(source, choice, context)
  refuseFaults(overlaid)
  const full = overlaid.snapshot
  const external = [...(choice.external ?? []), ...(full.external ?? [])]
  const selection = external.length > 0 ? { ...choice, external } : choice
  const { chosen, outside } = chosenOf(full.resources, selection, kinds)
  const parsed = { ...overlaid, snapshot: snapshotOf(source.server, choice, chosen, outside) }
  return selects(choice) ? { parsed, fullSnapshot: full } : { parsed }
}

/** All that a server has, after the overlays of an environment, with the errors of the overlays among its issues. */
async function throughOverlays(source: Live, choice: EnvironmentChoice, context: OverlayContext): Promise<Parsed> {
  const { kinds } = context
  const whole = transferredSnapshot(source, {}, kinds)
  const { resources, withValues } = standInsFor(whole.resources)
  const overlaid = await inEnvironment(withoutText({ ...whole, resources }), '-', choice, kinds, context)
  return {
    ...overlaid,
    issues: overlaid.issues.filter((issue) => !isOfSource(issue)),
    snapshot: { ...overlaid.snapshot, resources: overlaid.snapshot.resources.map(withValues) },
  }
}

/**
 * The resources of a server by their names after the overlays of an environment. Errors of the overlays are ignored: only the
 * names matter.
 */
export async function byNameIn(
  source: Live,
  { overlay, environment }: EnvironmentChoice,
  context: OverlayContext,
): Promise<ReadonlyMap<Ref, LiveResource>> {
  if (overlay === undefined && environment === undefined) return source.resources
  const choice = { ...(overlay ? { overlay } : {}), ...(environment ? { environment } : {}) }
  const { renamedOf } = await throughOverlays(source, choice, context)
  return new Map([...source.resources].map(([ref, resource]) => [renamedOf?.(ref) ?? ref, resource]))
}

/** A value of the source that newer servers refuse, which no overlay has caused: it matters if the plan writes it. */
function isOfSource({ code, place }: Issue): boolean {
  return code === 'refused-value' && place === undefined
}

/** The resources as a file has them: with placeholders for the values that pass in memory. */
export function savedResources(resources: readonly Resource[], kinds: readonly Kind[]): Resource[] {
  const named = withPlaceholders(resources, kinds)
  return resources.map((resource, index) => {
    const own = named[index]?.secrets ?? {}
    const secrets = Object.entries(resource.secrets).map(
      ([pointer, source]) => [pointer, 'plain' in source ? (own[pointer] ?? source) : source] as const,
    )
    return { ...resource, secrets: Object.fromEntries(secrets) }
  })
}
