import type { Context } from '../context.ts'
import { Failure, type Issue } from '../issue.ts'
import type { Json } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Live, Resource, SecretValues, Snapshot } from '../model.ts'
import { sourceText } from '../placeholder.ts'
import { type Activation, underActivation } from '../plan/activation.ts'
import { refOf } from '../ref.ts'
import { Secret } from '../secret.ts'
import { withSourcesOf } from '../secrets/placeholders.ts'
import { selected } from '../selection/selection.ts'
import { type Parsed, withoutText } from '../snapshot/parse.ts'
import { type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import type { ApplySnapshotRequest } from './apply-snapshot.ts'
import { readResources, toWrite, withConnection } from './connect.ts'
import { type Comparison, comparisonOf } from './diff-snapshots.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { preparePlan } from './make-plan.ts'
import { secretValuesFor } from './secret-sources.ts'
import { asSnapshot, withBuiltinsOf } from './server-snapshot.ts'

export type DrillRequest = ApplySnapshotRequest & { readonly activation: Activation }

/** The result of a drill. */
export interface DrillResult extends ApplyResult {
  /** Compares the snapshot with the server after the apply; absent if the plan was not applied. */
  readonly comparison?: Comparison
  /** Sources of secrets without a value, for which dummy values were used. */
  readonly missingSecrets: readonly string[]
}

/**
 * Applies a snapshot to an empty server, exports that server, and compares the two, to test whether a restore is complete.
 * Secrets without a value get a dummy value. Throws `Failure` if the server is not empty.
 */
export async function drill(request: DrillRequest, context: Context, approve: Approve): Promise<DrillResult> {
  const { kinds } = context
  if (request.profile === undefined && request.apiUrl === undefined) throw needsServer()
  const parsed = await loadSnapshot(request.snapshot, context)
  return withConnection(toWrite(request), context, async (to) => {
    refuseUnlessEmpty(await readResources(to, context), kinds)
    const { resources } = parsed.snapshot
    const secretValues = await secretValuesFor(resources, request, context)
    const missingSecrets = missingSources(resources, secretValues)
    const standIns = withDummyValues(secretValues)
    const prepared = await preparePlan(parsed, request, to, context, { substituteSecrets: standIns })
    const file = `drill of ${request.snapshot}`
    const result = await approveAndApply({ ...prepared, file }, request, context, approve)
    if (result.outcomes.length === 0) return { ...result, missingSecrets }
    const wanted = underPolicy(prepared.parsed.snapshot, request.activation, kinds)
    const comparison = compareWithServer(
      parsed,
      wanted,
      asSnapshot(await readResources(to, context), kinds),
      request.snapshot,
      kinds,
    )
    return { ...result, comparison, missingSecrets }
  })
}

function compareWithServer(
  parsed: Parsed,
  wanted: Snapshot,
  found: Snapshot,
  file: string,
  kinds: readonly Kind[],
): Comparison {
  const sourced = withSourcesOf(found.resources, wanted.resources, kinds)
  const resources = withBuiltinsOf(sourced, wanted.resources, builtinFilter(kinds))
  const after = withoutText({ ...found, resources, scope: wanted.scope })
  const names = [file, found.source?.api ?? 'the server'] as const
  return comparisonOf({ before: { ...parsed, snapshot: wanted }, after }, names, kinds)
}

/** The snapshot as it is applied: with resources paused and disabled if the policy requires it. */
function underPolicy(snapshot: Snapshot, policy: Activation, kinds: readonly Kind[]): Snapshot {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const resources = snapshot.resources.map((resource) => {
    const kind = byName.get(resource.kind)
    return kind ? underActivation(kind, resource, undefined, policy) : resource
  })
  return { ...snapshot, resources }
}

/** Whether a resource is built in: these differ between versions, and no apply writes them. */
function builtinFilter(kinds: readonly Kind[]): (resource: Resource) => boolean {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return (resource) => byName.get(resource.kind)?.builtin?.(resource) === true
}

/** Sources of secrets without a value, without duplicates. */
function missingSources(resources: readonly Resource[], { missingReason }: SecretValues): readonly string[] {
  const missing = resources.flatMap(({ secrets }) => Object.values(secrets)).filter((source) => missingReason(source))
  return [...new Set(missing.map((source) => ('env' in source ? source.env : sourceText(source))))]
}

/** A value for every placeholder: its own, or a dummy value. */
function withDummyValues({ secretFor }: SecretValues): SecretValues {
  return {
    secretFor: (placeholder) =>
      secretFor(placeholder) ?? new Secret<Json>('as' in placeholder && placeholder.as === 'json' ? {} : 'dummy'),
    missingReason: () => undefined,
  }
}

/** Throws `Failure` if a server has resources that are not built in. */
function refuseUnlessEmpty(live: Live, kinds: readonly Kind[]): void {
  const [first, ...others] = selected([...live.resources.values()], kinds, {})
  if (!first) return
  const count = others.length === 0 ? refOf(first) : `${others.length + 1} resources, for example ${refOf(first)}`
  const issue: Issue = {
    code: 'not-empty',
    severity: 'error',
    message: `A drill needs an empty server, but ${live.server.url} holds ${count}.`,
    fix: 'Start a server with its own database, for example with: PREFECT_HOME=$(mktemp -d) prefect server start --port 4299.',
  }
  throw new Failure([issue])
}

function needsServer(): Failure {
  const message = 'A drill writes to an empty server, which must be given explicitly.'
  const fix = 'Pass --profile PROFILE or --api-url URL of an empty server.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
