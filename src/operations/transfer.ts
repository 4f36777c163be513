import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, Snapshot } from '../model.ts'
import type { EnvironmentChoice } from '../project/environments.ts'
import { readPolicy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { refuseUnknownKinds, selected } from '../selection/selection.ts'
import { formatSnapshot } from '../snapshot/format.ts'
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
import type { Choice } from './server-snapshot.ts'
import { savedResources, transferredIn } from './transferred-resources.ts'

export interface TransferRequest
  extends Choice,
    EnvironmentChoice,
    ApplyRequest,
    SecretRequest,
    Omit<PlanRules, 'prune'> {
  /** Profile of the server to read. */
  readonly from: string
  /** Profile of the server to change. */
  readonly to: string
  /** Workspaces of Prefect Cloud, instead of those of the profiles. */
  readonly fromWorkspace?: string
  readonly toWorkspace?: string
  /** File for a snapshot of what is transferred, after the overlays, with placeholders for secrets. */
  readonly save?: string
  /** Transfers resources without values that this version of the tool does not know. */
  readonly allowUnknown?: boolean
  /** Continues if both are the same server, or one is a copy of the other. */
  readonly allowSameServer?: boolean
}

/** Exports one server and applies the result to another. Secrets pass in memory. Created resources are paused by default. */
export async function transfer(request: TransferRequest, context: Context, approve: Approve): Promise<ApplyResult> {
  const { kinds } = context
  refuseUnknownKinds(request, kinds)
  const source = await readSource({ profile: request.from, ...inWorkspace(request.fromWorkspace) }, context)
  const { parsed, ...full } = await transferredIn(source, request, context)
  const { snapshot } = parsed
  warn(
    context,
    nulWarnings(snapshot.resources, 'A destination with PostgreSQL rejects it. Remove it on the server that is read.'),
  )
  if (request.save !== undefined) await saveSnapshot(snapshot, request.save, context)
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
    const input = { ...full, snapshotIssues, isTransfer: true }
    const prepared = await preparePlan(parsed, plan, to, context, input)
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

/** Writes what is transferred, under the names and with the values of the destination, with placeholders for secrets. */
async function saveSnapshot(snapshot: Snapshot, path: string, context: Context): Promise<void> {
  const { kinds, onEvent } = context
  const saved = readableOf(savedResources(snapshot.resources, kinds), kinds)
  warn(
    context,
    saved.issues.map((issue) => ({ ...issue, severity: 'warning' })),
  )
  const scope = withIncomplete(snapshot.scope, saved.incomplete)
  const text = formatSnapshot({ ...snapshot, scope, resources: saved.resources })
  const file = { path: resolve(context.cwd, path), name: path }
  const rule = { advice: 'Choose another path, or remove the file.', env: context.env }
  await refuseFileLoss(file, rule, Buffer.from(text))
  await writeText(path, text, context)
  onEvent({ type: 'written', path })
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
