import type { Kind } from '../kind.ts'
import { readLive } from '../live/read-live.ts'
import type { LiveResource, Resource, Snapshot } from '../model.ts'
import { connected, type Target } from '../operations/connect.ts'
import { type ExportSecretFlags, openExportSecrets, warnPossibleSecrets } from '../operations/export-secrets.ts'
import { snapshotOf } from '../operations/server-snapshot.ts'
import { plural } from '../plain-text.ts'
import { readPolicy } from '../project/policy-file.ts'
import type { Format } from '../report/index.ts'
import { kindsText } from '../report/wording/resource-lists.ts'
import { refuseUnknownKinds, type Selection, selected, selects } from '../selection/selection.ts'
import { resourceBytes } from '../snapshot/format.ts'
import { onlyOwner } from '../store/disk.ts'
import type { ExitStatus, Io } from './io.ts'
import { saveSnapshot } from './print.ts'

export interface ExportOptions extends Target, Selection, ExportSecretFlags {
  /** Changes what is there, and only where something has changed. */
  readonly update?: boolean
  /** Says what an update would change, and writes nothing. */
  readonly check?: boolean
  readonly format?: Format
}

/** profile → client → live → snapshot → file. */
export async function exportSnapshot(asked: ExportOptions, kinds: readonly Kind[], io: Io): Promise<ExitStatus> {
  refuseUnknownKinds(asked, kinds)
  const over =
    asked.update || asked.check
      ? await (await import('../operations/export-update.ts')).openUpdate(asked, kinds, io)
      : undefined
  const options: ExportOptions = over ? { ...asked, ...over.selection } : asked
  const secrets = await openExportSecrets(options, readPolicy(options.output, io.cwd), kinds, io, over?.held)
  return connected(options, io, async ({ client, server, name }) => {
    if (!io.quiet) io.err(`Reading ${server.url} (Prefect ${server.version})\n`)
    io.onEvent({ type: 'phase', phase: 'reading' })
    const ahead = await workAhead(options, kinds, over !== undefined)
    const keys = over ? { wanted: over.held, everything: true } : {}
    const live = await readLive(client, server, kinds, { on: io.onEvent, ...keys, ...ahead })
    const all = [...live.resources.values()]
    const carried = secrets.found(over ? over.selected(all) : selected(all, kinds, options))
    const snapshot = snapshotOf(server, options, await secrets.written(carried))
    io.warn(live.issues)
    await warnPossibleSecrets(ahead.look, snapshot.resources, options, io)
    const count = carried.reduce((sum, resource) => sum + Object.keys(resource.secrets).length, 0)
    if (options.secrets === 'plain' && count > 0)
      io.err(`${io.errStyle.yellow('warning')} the snapshot holds ${plural(count, 'secret')} in clear\n`)
    if (over) return over.finish(snapshot, name === undefined ? server.url : `profile:${name}`)
    const mode = options.secrets === 'plain' ? onlyOwner : 0o644
    await saveSnapshot(options.output, snapshot, { mode, over: 'renew', bytesOf: ahead.bytesOf }, io)
    if (!io.quiet) io.err(summary(snapshot, options, count))
    return 'ok'
  })
}

/** What is done with resources while others are still being read, so that it takes no time afterwards. */
async function workAhead(selection: Selection, kinds: readonly Kind[], isUpdate: boolean) {
  const { createScanner: openLook } = await import('../secrets/secret-scan.ts')
  const look = openLook()
  const written = new Map<Resource, Buffer>()
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const early = (resource: LiveResource) => {
    // Most of those that every server has are not written.
    if (byName.get(resource.kind)?.builtin?.(resource)) return
    look.at(resource)
    const hasSecrets = Object.keys(resource.secrets).length > 0
    if (!isUpdate && !hasSecrets) written.set(resource, resourceBytes(resource))
  }
  const bytesOf = (resource: Resource) => written.get(resource) ?? resourceBytes(resource)
  return { look, bytesOf, ...(selects(selection) ? {} : { early }) }
}

function summary({ resources }: Snapshot, { output, secrets }: ExportOptions, placeholders: number): string {
  const how = { placeholders: 'left out, see secrets: in the file', age: 'encrypted', plain: undefined }[secrets]
  const note = how !== undefined && placeholders > 0 ? `; ${plural(placeholders, 'secret')} ${how}` : ''
  return `Exported ${plural(resources.length, 'resource')}${output === '-' ? '' : ` to ${output}`}: ${kindsText(resources)}${note}\n`
}
