import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource, Snapshot } from '../model.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { withoutMasked, withPlaceholders } from '../secrets/placeholders.ts'
import { refuseUnknownKinds, selected, selects } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
import { withoutText } from '../snapshot/parse.ts'
import { writeText } from '../store/files.ts'
import { refuseFileLoss } from '../store/overwrite-guard.ts'
import { type ApplyRequest, type ApplyResult, type Approve, approveAndApply } from './apply-plan.ts'
import { unknownIssues } from './audit-server.ts'
import { inWorkspace, readResources, type Target, toWrite, warn, withConnection } from './connect.ts'
import { withDeclaredSecrets } from './declared-secrets.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { type PlanRequest, type PlanRules, preparePlan } from './make-plan.ts'
import { nulWarnings } from './nul-warnings.ts'
import { readableOf, withIncomplete } from './readable-resources.ts'
import type { SecretRequest } from './secret-sources.ts'
import { type Choice, chosenOf, snapshotOf } from './server-snapshot.ts'

export interface TransferRequest extends Choice, ApplyRequest, SecretRequest, Omit<PlanRules, 'prune'> {
  /** Profile of the server to read. */
  readonly from: string
  /** Profile of the server to change. */
  readonly to: string
  /** Workspaces of Prefect Cloud, instead of those of the profiles. */
  readonly fromWorkspace?: string
  readonly toWorkspace?: string
  /** File for a snapshot of the exported resources, with placeholders for secrets. */
  readonly save?: string
  /** Transfers resources without values that this version of the tool does not know. */
  readonly allowUnknown?: boolean
  /** Continues if both are the same server, or one is a copy of the other. */
  readonly allowSameServer?: boolean
}

/** Exports one server and applies the result to another. Secrets pass in memory. Created resources are paused by default. */
export async function transfer(request: TransferRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  const { kinds, onEvent } = context
  refuseUnknownKinds(request, kinds)
  const source = await readSource({ profile: request.from, ...inWorkspace(request.fromWorkspace) }, context)
  const snapshot = transferredSnapshot(source, request, kinds)
  warn(
    context,
    nulWarnings(snapshot.resources, 'A destination with PostgreSQL rejects it. Remove it on the server that is read.'),
  )
  if (request.save !== undefined) {
    const saved = readableOf(withPlaceholders(snapshot.resources as readonly LiveResource[], kinds), kinds)
    warn(
      context,
      saved.issues.map((issue) => ({ ...issue, severity: 'warning' })),
    )
    const scope = withIncomplete(snapshot.scope, saved.incomplete)
    const text = formatSnapshot({ ...snapshot, scope, resources: saved.resources })
    const file = { path: resolve(context.cwd, request.save), name: request.save }
    const rule = { advice: 'Choose another path, or remove the file.', env: context.env }
    await refuseFileLoss(file, rule, Buffer.from(text))
    await writeText(request.save, text, context)
    onEvent({ type: 'written', path: request.save })
  }
  const destination = { ...request, profile: request.to, ...inWorkspace(request.toWorkspace) }
  return withConnection(toWrite(destination), context, async (to) => {
    const same = request.allowSameServer ? undefined : source.server.url === to.server.url
    if (same) throw sameServer('both profiles have the same URL')
    const plan: PlanRequest = {
      activation: 'paused',
      ...request,
      snapshot: `profile ${request.from}`,
      profile: request.to,
    }
    const snapshotIssues = unknownIssues(snapshot.resources, {
      allowUnknown: request.allowUnknown,
      where: 'what is transferred',
    })
    const full = selects(request) ? { fullSnapshot: transferredSnapshot(source, {}, kinds) } : {}
    const input = { ...full, snapshotIssues, isTransfer: true }
    const prepared = await preparePlan(withoutText(snapshot), plan, to, context, input)
    if (!request.allowSameServer && sharesIds(source, prepared.live, kinds))
      throw sameServer('their objects have the same IDs: one server behind two URLs, or a copy of its database')
    return approveAndApply({ ...prepared, file: plan.snapshot }, request, context, approve)
  })
}

async function readSource(target: Target, context: Context): Promise<Live> {
  const policy = readPolicy('-', context)
  const live = await withConnection({ ...target, purpose: 'export' }, context, async (connection) => {
    const read = withDeclaredSecrets(policy, await readResources(connection, context), context.kinds)
    refuseEchoes(connection, [...read.resources.values()])
    return read
  })
  warn(context, live.issues)
  return live
}

/** The snapshot of a transfer. Secrets keep their values; those that the source masks are placeholders. */
export function transferredSnapshot(source: Live, choice: Choice, kinds: readonly Kind[]): Snapshot {
  const { chosen: transferred, outside } = chosenOf([...source.resources.values()], choice, kinds)
  const resources = withoutMasked(transferred, kinds)
  return snapshotOf(source.server, choice, resources, outside)
}

/** Whether two servers have the same objects under the same IDs, apart from built-in ones. */
function sharesIds(from: Live, to: Live, kinds: readonly Kind[]): boolean {
  const singletons = new Set(kinds.filter(({ singleton }) => singleton).map(({ name }) => name))
  const own = selected([...to.resources.values()], kinds, {}).filter(({ kind }) => !singletons.has(kind))
  return own.length > 0 && own.every((resource) => from.resources.get(refOf(resource))?.id === resource.id)
}

function sameServer(reason: string): Failure {
  const message = `Source and destination are the same server: ${reason}.`
  const fix = 'Check the two profiles, or pass --allow-same-server.'
  return new Failure([{ code: 'same-server', severity: 'error', message, fix }])
}
