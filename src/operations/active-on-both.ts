import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Ref, Resource } from '../model.ts'
import { namesOf, plural } from '../plain-text.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { refOf } from '../ref.ts'
import { inWorkspace, readResources, withConnection } from './connect.ts'
import { byNameIn } from './transferred-resources.ts'

/** The server from which resources move. */
export interface SourceChoice extends EnvironmentChoice {
  /** Profile of the server on which they ran until now. */
  readonly from?: string
  /** Workspace of Prefect Cloud, instead of that of `from`. */
  readonly fromWorkspace?: string
  /** Activates what is still active there, too. */
  readonly allowBoth?: boolean
}

/** A server that was looked at before another one is activated. */
export interface SourceSide {
  readonly name: string
  readonly url: string
  /** By their names after the overlays of the environment. */
  readonly resources: ReadonlyMap<Ref, LiveResource>
}

/** Reads the server of `from`; undefined if there is none. */
export async function readSourceSide(request: SourceChoice, context: Context): Promise<SourceSide | undefined> {
  const { from } = request
  if (from === undefined) return undefined
  const target = { profile: from, ...inWorkspace(request.fromWorkspace) }
  return withConnection(target, context, async (connection) => {
    const live = await readResources(connection, context)
    return { name: from, url: live.server.url, resources: await byNameIn(live, request, context) }
  })
}

/** Throws `Failure` if both are the same server. */
export function refuseSameServer({ name, url }: SourceSide, to: string): void {
  if (url !== to) return
  const message = `--from ${name} is the server that is to be activated.`
  const fix = 'Pass the profile of the server on which the resources ran until now.'
  throw new Failure([{ code: 'same-server', severity: 'error', message, fix }])
}

/** The refs of the resources that start work on both of two servers. */
export function activeOnBoth(
  resources: Iterable<Resource>,
  others: ReadonlyMap<Ref, Resource>,
  kinds: readonly Kind[],
): Ref[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return [...resources].flatMap((resource) => {
    const other = others.get(refOf(resource))
    const startsWork = byName.get(resource.kind)?.startsWork
    return other && startsWork?.(resource) && startsWork(other) ? [refOf(resource)] : []
  })
}

/**
 * An issue for each of the resources that are still active at the source, and one warning about those whose names it does not have
 * `wanted` are the resources as they will be.
 */
export function sourceIssues(
  wanted: readonly Resource[],
  source: SourceSide,
  { allowBoth = false }: SourceChoice,
  kinds: readonly Kind[],
): Issue[] {
  const both = activeOnBoth(wanted, source.resources, kinds).map((ref): Issue => {
    const message = `${ref} is still active on ${source.name} (${source.url}).`
    const fix = `Pause it there first: prefect-snapshot pause --profile ${source.name}. To let it run on both, pass --allow-both.`
    return { code: 'active-on-both', severity: allowBoth ? 'warning' : 'error', message, ref, fix }
  })
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const unknown = wanted
    .filter((resource) => byName.get(resource.kind)?.startsWork?.(resource) && !source.resources.has(refOf(resource)))
    .map(refOf)
  if (unknown.length === 0) return both
  const message = `${source.name} has nothing of the name of ${plural(unknown.length, 'resource')} to activate: ${namesOf(unknown)}. Nobody knows whether they are still active there.`
  const fix = 'If an overlay renames them, pass it with --overlay, and the snapshot with their old names.'
  return [...both, { code: 'not-compared-by-name', severity: 'warning', message, fix }]
}
