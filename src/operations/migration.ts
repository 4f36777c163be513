import { dirname, join, relative, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { Failure } from '../issue.ts'
import { type Membership, membershipOf } from '../migration/membership.ts'
import { journalBeside, readMigration } from '../migration/migration-file.ts'
import type { MigrationHead, MigrationRecord } from '../migration/migration-journal.ts'
import { lockMigration } from '../migration/migration-lock.ts'
import { parseWaves, type Wave, type Waves } from '../migration/waves.ts'
import type { Live, Ref } from '../model.ts'
import { readText } from '../read-file.ts'
import { refOf } from '../ref.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { suggest } from '../suggest.ts'
import { inWorkspace, type OpenConnection, readResources, type Target, withConnection } from './connect.ts'
import { refuseEchoes } from './echoed-credentials.ts'
import { transferredIn } from './transferred-resources.ts'

/** What every command of a migration is told. */
export interface MigrationRequest {
  /** Path of the waves file. */
  readonly file: string
  /** Path of the migration's journal; by default beside the waves file. */
  readonly journal?: string
}

/** One of the two servers of a migration, and what it has. */
export interface Side {
  readonly connection: OpenConnection
  readonly live: Live
}

/** A migration: its waves, both sides as they are now, and what was done so far. */
export interface Migration {
  readonly waves: Waves
  readonly old: Side
  readonly new: Side
  /** What the old side has, through the overlays: what the new side is to have. Secrets have their values. */
  readonly wanted: Parsed
  /** The name at the new side; undefined if the overlays leave the resource out. */
  targetOf(ref: Ref): Ref | undefined
  readonly membership: Membership
  /** Undefined before the first step. */
  readonly record: MigrationRecord | undefined
  /** The path of the journal, and how messages call it. */
  readonly journal: { readonly path: string; readonly name: string }
  /** The first line of a new journal. */
  readonly head: MigrationHead
}

/** Which of the two sides are written to. */
export type Writes = 'none' | 'new' | 'both'

/**
 * Reads the waves file, both servers at the same time and the journal, for `use`. Throws `Failure` before the first write if
 * the file, the overlays or the journal have errors, a server cannot be read, or another command of the migration writes.
 */
export async function withMigration<T>(
  request: MigrationRequest,
  writes: Writes,
  context: Context,
  use: (migration: Migration) => Promise<T>,
): Promise<T> {
  const path = resolve(context.cwd, request.file)
  const waves = parseWaves(request.file, readText(path, 'waves file', request.file))
  const name = request.journal ?? journalBeside(request.file)
  const journal = { path: resolve(context.cwd, name), name }
  const oldTarget: Target = { profile: waves.from, ...inWorkspace(waves.fromWorkspace) }
  const newTarget: Target = { profile: waves.to, ...inWorkspace(waves.toWorkspace) }
  const purposeOf = (isWritten: boolean) => ({ purpose: isWritten ? ('write' as const) : ('compare' as const) })
  // What is decided from the journal must hold until it is written.
  const lock = writes === 'none' ? undefined : lockMigration(journal.path, name)
  try {
    return await withConnection({ ...oldTarget, ...purposeOf(writes === 'both') }, context, (from) =>
      withConnection({ ...newTarget, ...purposeOf(writes !== 'none') }, context, async (to) =>
        use(await readSides({ from, to }, waves, journal, context)),
      ),
    )
  } finally {
    lock?.release()
  }
}

async function readSides(
  { from, to }: { readonly from: OpenConnection; readonly to: OpenConnection },
  waves: Waves,
  journal: Migration['journal'],
  context: Context,
): Promise<Migration> {
  const pair = { from: from.server.url, to: to.server.url }
  if (pair.from === pair.to) throw sameServer(waves)
  const record = readMigration(journal.path, journal.name, pair)
  const [old, new_] = await Promise.all([readResources(from, context), readResources(to, context)])
  refuseEchoes(from, [...old.resources.values()])
  const wanted = await throughOverlays(old, waves, context)
  const known = new Set(wanted.snapshot.resources.map(refOf))
  return {
    waves,
    old: { connection: from, live: old },
    new: { connection: to, live: new_ },
    wanted,
    targetOf: (ref) => {
      const target = wanted.renamedOf?.(ref) ?? ref
      return known.has(target) ? target : undefined
    },
    membership: membershipOf([...old.resources.values()], context.kinds, waves),
    record,
    journal,
    head: {
      type: 'head',
      schema: 'prefect-snapshot/migration',
      version: 1,
      tool: context.version,
      ...pair,
      time: context.now(),
    },
  }
}

/** What the old side has, with the names and values of the new one, as a transfer with the same overlays takes it along. */
async function throughOverlays(old: Live, { file, overlays }: Waves, context: Context): Promise<Parsed> {
  const folder = dirname(resolve(context.cwd, file))
  const overlay = overlays.map((name) => relative(context.cwd, join(folder, name)))
  return (await transferredIn(old, overlay.length > 0 ? { overlay } : {}, context)).parsed
}

/** The wave of a name. Throws `Failure` if there is none. */
export function waveNamed({ waves, file }: Waves, name: string): Wave {
  const found = waves.find((wave) => wave.name === name)
  if (found) return found
  const names = waves.map(({ name }) => name)
  const similar = suggest(name, names)
  const fix = similar ? `Did you mean ${similar}?` : `The waves are ${names.join(', ')}.`
  throw new Failure([{ code: 'invalid-waves', severity: 'error', message: `${file} has no wave "${name}".`, fix }])
}

function sameServer({ file, from, to }: Waves): Failure {
  const message = `The profiles ${from} and ${to} are the same server.`
  const place = { file, line: 1, column: 1 }
  return new Failure([{ code: 'same-server', severity: 'error', message, fix: 'Correct from: or to:.', place }])
}
