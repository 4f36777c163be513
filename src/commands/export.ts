import type { Kind } from '../kind.ts'
import { readLive } from '../live/read.ts'
import type { Snapshot } from '../model.ts'
import type { Format } from '../report/index.ts'
import { plural } from '../report/style.ts'
import { kindsText } from '../report/wrap.ts'
import { connected, type Target } from './connect.ts'
import { onlyOwner } from './disk.ts'
import { writeSnapshot } from './files.ts'
import { withHoles } from './holes.ts'
import { type Exit, exits, type Io } from './io.ts'
import { refuseUnknownKinds, type Selection, scopeOf, selected } from './selection.ts'

export interface ExportOptions extends Target, Selection {
  readonly output: string
  readonly secrets: 'holes' | 'plain'
  /** Changes what is there, and only where something has changed. */
  readonly update?: boolean
  /** Says what an update would change, and writes nothing. */
  readonly check?: boolean
  readonly format?: Format
}

/** profile → client → live → snapshot → file. */
export async function exportSnapshot(asked: ExportOptions, kinds: readonly Kind[], io: Io): Promise<Exit> {
  refuseUnknownKinds(asked, kinds)
  const over =
    asked.update || asked.check ? await (await import('./export-over.ts')).openUpdate(asked, kinds, io) : undefined
  const options: ExportOptions = over ? { ...asked, ...over.selection } : asked
  return connected(options, io, async ({ client, server, name }) => {
    if (!io.quiet) io.err(`Reading ${server.url} (Prefect ${server.version})\n`)
    io.tell({ type: 'phase', phase: 'reading' })
    const live = await readLive(client, server, kinds, { on: io.tell })
    const all = [...live.resources.values()]
    const carried = over ? over.selected(all) : selected(all, kinds, options)
    const snapshot: Snapshot = {
      version: 1,
      source: { api: server.url, server: server.version },
      scope: scopeOf(options),
      moved: [],
      resources: options.secrets === 'plain' ? carried : withHoles(carried),
    }
    io.warn(live.issues)
    const secrets = carried.reduce((sum, resource) => sum + Object.keys(resource.secrets).length, 0)
    if (options.secrets === 'plain' && secrets > 0)
      io.err(`${io.errStyle.yellow('warning')} the snapshot holds ${plural(secrets, 'secret')} in clear\n`)
    if (over) return over.finish(snapshot, name === undefined ? server.url : `profile:${name}`)
    const mode = options.secrets === 'plain' ? onlyOwner : 0o644
    await writeSnapshot(options.output, snapshot, { mode, over: 'renew' }, io)
    if (!io.quiet) io.err(summary(snapshot, options, secrets))
    return exits.ok
  })
}

function summary({ resources }: Snapshot, { output, secrets }: ExportOptions, holes: number): string {
  const note = secrets === 'holes' && holes > 0 ? `; ${plural(holes, 'secret')} left out, see secrets: in the file` : ''
  return `Exported ${plural(resources.length, 'resource')}${output === '-' ? '' : ` to ${output}`}: ${kindsText(resources)}${note}\n`
}
