import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Live, LiveResource, Ref, Resource, Snapshot } from '../model.ts'
import { withoutImplied } from '../plan/as-written.ts'
import { readPolicy } from '../project/policy-file.ts'
import { withGlobs } from '../selection/external.ts'
import { refuseUnknownKinds, type Selection, selects } from '../selection/selection.ts'
import type { Update } from '../snapshot/edit/update-texts.ts'
import { resourceBytes } from '../snapshot/format.ts'
import type { WriteResult } from '../store/directory.ts'
import { leftOutOf } from '../store/export-scope.ts'
import { snapshotText, type WriteOptions, writeSnapshot } from '../store/files.ts'
import { refuseFileLoss } from '../store/overwrite-guard.ts'
import { onlyOwner } from '../store/whole-file.ts'
import { unknownIssues } from './audit-server.ts'
import { type OpenConnection, readResources, type Target, warn, withConnection } from './connect.ts'
import type { Comparison } from './diff-snapshots.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { type ExportSecretRequest, openExportSecrets, warnPossibleSecrets } from './export-secrets.ts'
import type { OpenUpdate } from './export-update.ts'
import { readableOf, withIncomplete } from './readable-resources.ts'
import { type Choice, chosenOf, snapshotOf } from './server-snapshot.ts'
import { refuseWriteAs, type WriteAsRequest, type WrittenAs, writeAs } from './write-as.ts'

export interface ExportRequest extends Target, Choice, ExportSecretRequest {
  /** Updates the existing snapshot, only where something has changed. */
  readonly update?: boolean
  /** Compares with the existing snapshot, and writes nothing. */
  readonly check?: boolean
  /** Replaces the output, whatever it is. */
  readonly overwrite?: boolean
  /** Values that this version of the tool does not know are left out with a warning, and not with an error. */
  readonly allowUnknown?: boolean
  /** Writes files of another tool instead of a snapshot. */
  readonly as?: WriteAsRequest['as'] | undefined
}

const overwriteAdvice = 'Pass --update to change only what differs, --overwrite to replace it, or another path.'

/** An export, with exactly one of `text`, `written`, `writtenAs`, `updated` and `comparison`. */
export interface ExportResult {
  readonly snapshot: Snapshot
  /** Number of secrets in the exported resources. */
  readonly secretCount: number
  /** Why resources of the server, or values of them, are not in the snapshot. */
  readonly leftOut: readonly Issue[]
  /** The text, if the output is `-`. */
  readonly text?: string
  readonly written?: WriteResult
  readonly writtenAs?: WrittenAs
  readonly updated?: Update
  readonly comparison?: Comparison
}

/** Reads a server and writes its configuration to a file, a directory or standard output. */
export async function exportSnapshot(request: ExportRequest, context: Context): Promise<ExportResult> {
  const { kinds } = context
  refuseUnknownKinds(request, kinds)
  if (request.as) refuseWriteAs(request.as, request.output, optionsOfSnapshots(request))
  const isOver = request.update || request.check
  const openedUpdate = isOver ? await (await import('./export-update.ts')).openUpdate(request, context) : undefined
  const folder = { path: resolve(context.cwd, request.output), name: request.output }
  const before = openedUpdate ?? leftOutOf(folder)
  const effective: ExportRequest = {
    ...request,
    ...openedUpdate?.selection,
    dependencies: request.dependencies !== false && before.dependencies !== false,
    ...withGlobs(before.external, request.external),
  }
  const rule = { overwrite: effective.overwrite === true, advice: overwriteAdvice, env: context.env }
  // Before the server is read: most of what is refused does not depend on it.
  if (!openedUpdate && effective.output !== '-') await refuseFileLoss(folder, rule)
  const secrets = await openExportSecrets(
    effective,
    readPolicy(effective.output, context),
    context,
    openedUpdate?.current,
  )
  const read = async (connection: OpenConnection) => {
    const { server, name } = connection
    const ahead = await workAhead(effective, context, openedUpdate !== undefined)
    const keys = openedUpdate ? { wanted: openedUpdate.current, everything: true } : {}
    const live = await readResources(connection, context, { ...keys, ...ahead })
    const all = [...live.resources.values()]
    const documented = openedUpdate ? withoutImplied(all, openedUpdate.current, kinds) : all
    const { chosen, outside } = chosenOf<LiveResource>(
      documented,
      effective,
      kinds,
      openedUpdate && { select: openedUpdate.selected, documented: openedUpdate.current },
    )
    const exported = secrets.found(chosen)
    const { resources, incomplete, issues } = readableOf(await secrets.written(exported), kinds)
    const unknown = unknownIssues(chosen, { allowUnknown: effective.allowUnknown, where: 'the snapshot' })
    const leftOut = [...issues, ...unknown]
    const complete = snapshotOf(server, effective, resources, outside)
    const snapshot = { ...complete, scope: withIncomplete(complete.scope, incomplete) }
    refuseEchoes(connection, snapshot)
    warn(
      context,
      live.issues.filter(({ code }) => code !== 'unmatched-secret'),
    )
    await warnPossibleSecrets(ahead.look, snapshot.resources, effective, context, live.issues)
    warn(context, leftOut)
    const secretCount = exported.reduce((sum, resource) => sum + Object.keys(resource.secrets).length, 0)
    const output = openedUpdate
      ? await updated(openedUpdate, snapshot, effective, name === undefined ? server.url : `profile:${name}`)
      : await written(snapshot, effective, { rule, bytesOf: ahead.bytesOf, live }, context)
    return { snapshot, secretCount, leftOut: leftOut.filter(({ severity }) => severity === 'error'), ...output }
  }
  return withConnection({ ...effective, purpose: 'export' }, context, read)
}

type Output = Pick<ExportResult, 'text' | 'written' | 'writtenAs' | 'updated' | 'comparison'>

/** The options of an export that have no meaning for files of other tools. */
function optionsOfSnapshots({ update, check, secrets }: ExportRequest): string[] {
  return [
    ...(update ? ['--update'] : []),
    ...(check ? ['--check'] : []),
    ...(secrets === 'placeholders' ? [] : [`--secrets ${secrets}`]),
  ]
}

/** Updates the existing snapshot, or compares it with the export. `target` is the display name of the server. */
async function updated(
  open: OpenUpdate,
  exported: Snapshot,
  { check }: ExportRequest,
  target: string,
): Promise<Output> {
  return check ? { comparison: open.compare(exported, target) } : { updated: await open.write(exported) }
}

/** Writes the export, or formats it for standard output. */
async function written(
  snapshot: Snapshot,
  { output, secrets, as, overwrite }: ExportRequest,
  { live, ...options }: Pick<WriteOptions, 'rule' | 'bytesOf'> & { readonly live: Live },
  context: Context,
): Promise<Output> {
  if (as) {
    const idOf = (ref: Ref) => live.resources.get(ref)?.id
    return { writtenAs: await writeAs({ as, output, overwrite }, snapshot.resources, context, idOf) }
  }
  if (output === '-') return { text: snapshotText(snapshot, options.bytesOf) }
  const mode = secrets === 'plain' ? onlyOwner : 0o644
  return { written: await writeSnapshot(output, snapshot, { mode, existing: 'renew', ...options }, context) }
}

/** Work on resources while others are still being read, which shortens the export. */
async function workAhead(selection: Selection, { kinds }: Context, isUpdate: boolean) {
  const { createScanner } = await import('../secrets/secret-scan.ts')
  const look = createScanner()
  const written = new Map<Resource, Buffer>()
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const early = (resource: LiveResource) => {
    // Most built-in resources are not exported.
    if (byName.get(resource.kind)?.builtin?.(resource)) return
    look.at(resource)
    const hasSecrets = Object.keys(resource.secrets).length > 0
    if (!isUpdate && !hasSecrets) written.set(resource, resourceBytes(resource))
  }
  const bytesOf = (resource: Resource) => written.get(resource) ?? resourceBytes(resource)
  return { look, bytesOf, ...(selects(selection) ? {} : { early }) }
}
