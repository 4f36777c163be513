import { Failure } from '../issue.ts'
import { type JsonObject, writeJson } from '../json.ts'
import type { Change, Id, Outcome, Ref, Resource, Server } from '../model.ts'
import { refOf } from '../ref.ts'
import { replacedSecrets } from '../spec/differences.ts'
import { readLines } from './journal-lines.ts'

/*
 * A journal is NDJSON: a head, and for each change an intent before its first request and a result after its last; between
 * the two, a line before and after each write request. It holds what a change replaced, without secrets. A process that
 * dies leaves an intent without a result.
 */

/** Records the intents and results of an apply, each before the apply continues. */
export interface Journal {
  intent(change: Change): Promise<void>
  /** Records a write request of a change, before it is sent. */
  write(change: Change, request: WriteRequest): Promise<void>
  /** Records the response to a write request; `status` is undefined without a response. */
  wrote(change: Change, request: WriteRequest, status: number | undefined): Promise<void>
  result(outcome: Outcome, id: Id | undefined): Promise<void>
}

/** A write request, without its body, which may hold secrets. */
export interface WriteRequest {
  readonly method: string
  readonly path: string
}

/** First line of a journal. */
export interface Head {
  readonly tool: string
  readonly server: Server
  /** The snapshot, plan or journal that was applied. */
  readonly of: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly changes: number
}

/** A resource in a journal: with the pointers of its secrets, but not their values. */
export interface Image {
  readonly kind: string
  readonly key: string
  readonly refs: Readonly<Record<string, Ref>>
  readonly spec: JsonObject
  readonly secrets: readonly string[]
}

/** The record of one change. */
export interface Entry {
  readonly ref: Ref
  readonly action: Change['action']
  readonly before?: Image
  readonly after?: Image
  /** What the server deletes along with the resource, by the requests for that one. */
  readonly along?: readonly Image[]
  /** Places of secrets whose previous value an update replaced or removed. */
  readonly changedSecrets?: readonly string[]
  /** Fields that a create left for later. */
  readonly without?: readonly string[]
  /** The ID of the created resource. */
  readonly id?: Id
  /** Undefined if the process died before the result was known. */
  readonly status?: Outcome['status']
  /** Somebody else made the change. */
  readonly already?: true
  /** Its write requests, with the status of the response if there was one. */
  readonly writes?: readonly (WriteRequest & { readonly status?: number })[]
}

export interface JournalRecord {
  readonly head: Head
  /** One for each change. */
  readonly entries: readonly Entry[]
  /** Whether the apply was completed. */
  readonly ended: boolean
  /** What the journal lacks, if lines of it are damaged. */
  readonly damage?: JournalDamage
}

/** Damaged lines of a journal, from a disk that was full or a version that did not notice it. */
export interface JournalDamage {
  /** Their numbers. */
  readonly lines: readonly number[]
  /** Resources that were changed, without a record of how. */
  readonly lost: readonly Ref[]
}

const schema = 'prefect-snapshot/journal'

export function headLine(head: Head): string {
  const { url, version } = head.server
  return line({ type: 'head', schema, version: 1, ...head, server: { url, version } })
}

export function intentLine(change: Change): string {
  const before = 'before' in change ? { before: imageOf(change.before) } : {}
  const after = 'after' in change ? { after: imageOf(change.after) } : {}
  const without = change.action === 'create' && change.without.length > 0 ? { without: change.without } : {}
  const changed = change.action === 'update' ? replacedSecrets(change) : []
  const secrets = changed.length > 0 ? { changedSecrets: changed } : {}
  const along = change.action === 'delete' && change.along ? { along: change.along.map(imageOf) } : {}
  const images = { ...before, ...after, ...along }
  return line({ type: 'intent', ref: change.ref, action: change.action, ...without, ...secrets, ...images })
}

/** The line before a write request is sent. */
export function writeLine({ ref, action }: Change, { method, path }: WriteRequest): string {
  return line({ type: 'write', ref, action, method, path })
}

/** The line after the response to a write request, or after its failure. */
export function wroteLine({ ref, action }: Change, { method, path }: WriteRequest, status: number | undefined): string {
  return line({ type: 'wrote', ref, action, method, path, ...(status === undefined ? {} : { status }) })
}

export function resultLine({ change, status, ...rest }: Outcome, id: Id | undefined): string {
  const issue = 'issue' in rest ? { code: rest.issue.code, message: rest.issue.message } : {}
  return line({
    type: 'result',
    ref: change.ref,
    action: change.action,
    status,
    ...('already' in rest && rest.already ? { already: true } : {}),
    ...(id === undefined ? {} : { id }),
    ...issue,
  })
}

export function endLine(): string {
  return line({ type: 'end' })
}

function line(value: JsonObject): string {
  return `${writeJson(value)}\n`
}

function imageOf({ kind, key, refs, spec, secrets }: Resource): JsonObject {
  return { kind, key, refs, spec, secrets: Object.keys(secrets) }
}

/** Parses a journal. Lines that are damaged, as on a full disk, are left out; see `readLines`. Throws `Failure` without its head. */
export function parseJournal(file: string, text: string): JournalRecord {
  const { values, damaged } = readLines(text)
  const [head, ...rest] = values
  if (head?.type !== 'head' || head.schema !== schema)
    throw invalidJournal(file, 1, 'its first line is not the head of a journal')
  if (head.version !== 1)
    throw invalidJournal(file, 1, `it is of version ${writeJson(head.version ?? null)}, and this tool reads version 1`)
  const entries = new Map<string, Entry>()
  const lost = new Set<Ref>()
  for (const value of rest) {
    const key = `${String(value.ref)} ${String(value.action)}`
    if (value.type !== 'intent' && typeof value.ref === 'string' && !entries.has(key)) lost.add(value.ref as Ref)
    if (value.type === 'intent') entries.set(key, value as unknown as Entry)
    const entry = entries.get(key)
    if (value.type === 'result' && entry) entries.set(key, { ...entry, ...(value as Partial<Entry>) })
    if ((value.type === 'write' || value.type === 'wrote') && entry)
      entries.set(key, { ...entry, writes: withWrite(entry.writes ?? [], value) })
  }
  return {
    head: head as unknown as Head,
    entries: [...entries.values()],
    ended: rest.at(-1)?.type === 'end',
    ...(damaged.length > 0 ? { damage: { lines: damaged, lost: [...lost] } } : {}),
  }
}

/** A record without the changes that the apply did not make, because somebody else had changed the resources. */
export function withoutSkipped(record: JournalRecord): JournalRecord {
  return { ...record, entries: record.entries.filter(({ status, already }) => status !== 'skipped' && !already) }
}

/** A record that also has an entry for each resource that was deleted along with another one, as an undo needs it. */
export function withDeletedAlong(record: JournalRecord): JournalRecord {
  return { ...record, entries: record.entries.flatMap((entry) => [entry, ...deletedAlong(entry)]) }
}

function deletedAlong({ along = [], status, writes }: Entry): Entry[] {
  const outcome = { ...(status ? { status } : {}), ...(writes ? { writes } : {}) }
  return along.map((before) => ({ ref: refOf(before), action: 'delete', before, ...outcome }))
}

/** A change sends its requests one after another, so a response belongs to the last one. */
function withWrite(writes: NonNullable<Entry['writes']>, value: JsonObject): NonNullable<Entry['writes']> {
  const request = { method: String(value.method), path: String(value.path) }
  if (value.type === 'write') return [...writes, request]
  return [
    ...writes.slice(0, -1),
    { ...request, ...(value.status === undefined ? {} : { status: Number(value.status) }) },
  ]
}

function invalidJournal(file: string, line: number, reason: string): Failure {
  return new Failure([
    {
      code: 'invalid-journal',
      severity: 'error',
      message: `${file} is not a valid journal: ${reason}.`,
      place: { file, line, column: 1 },
    },
  ])
}
