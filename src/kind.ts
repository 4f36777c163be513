import type { Check } from './check.ts'
import type { Issue } from './issue.ts'
import type { JsonObject, Pointer } from './json.ts'
import type { Encoded, Names } from './kind/encoded.ts'
import type { Field, FieldCoverage, RefField } from './kind/field.ts'
import type { Created, ResolvedResource, SideEffects, Write } from './kind/write.ts'
import type { Change, FieldChange, Id, LiveResource, Reader, Resource, Server } from './model.ts'

export type { DroppedSetting, Encoded, GuessedSecret, Names } from './kind/encoded.ts'
export type { Field, FieldCoverage, RefField } from './kind/field.ts'
export type { Created, ResolvedResource, SideEffects, Write } from './kind/write.ts'

/** A thing that a version of Prefect cannot hold. */
export interface Incompatibility {
  readonly pointer?: Pointer
  readonly reason: string
  readonly drops: 'resource' | 'field'
}

/** A fault of one document; the pointer leads into it. */
export interface Fault {
  readonly code: 'invalid-key' | 'invalid-value' | 'invalid-secret' | 'checksum-differs'
  readonly severity?: 'warning'
  readonly pointer: Pointer
  readonly message: string
  readonly fix?: string
}

/** Ways in which freeform JSON names resources of a kind, which Prefect looks up when it runs something. */
export interface Mentions {
  /** `{{ prefect.WORD.a.b }}`: the word, and the natural key for the path `['a', 'b']` after it. */
  readonly template?: { readonly word: string; key(path: readonly string[]): string }
  /** By a key of an object: the natural key of the resource that the object names there, or undefined. */
  readonly keys?: Readonly<Record<string, (object: JsonObject) => string | undefined>>
}

/** Runs that a server has scheduled for a resource. */
export interface ScheduledRuns {
  /** The sentence among `effects` by which an update reschedules them; a plan shows their number instead. */
  readonly effect: string
  /** How many are scheduled to start before a time. */
  count(reader: Reader, id: Id, before: Date): Promise<number>
}

/** Whether somebody is there to do the work of resources of a kind. */
export interface Readiness {
  /** What a resource says of that by itself, on a server of a version; undefined where it depends on who is there. */
  ofType?(resource: Resource, server: Server): Check | undefined
  /** What a resource needs after it was created. */
  afterCreate?(resource: Resource, server: Server): Check | undefined
  /** Asks a server about resources that it has. Not for those of which `ofType` says enough. */
  check(reader: Reader, server: Server, resources: readonly LiveResource[]): Promise<readonly Check[]>
}

/** Receives objects page by page; `gone` are ids of objects that it received before and that were deleted meanwhile. */
export type OnPage = (objects: readonly JsonObject[], gone?: readonly string[]) => void

/**
 * All that the tool knows of one kind: a plain object, one file each in `kinds/`, and one line in its table.
 * To add a kind see CONTRIBUTING.md.
 */
export interface Kind {
  readonly name: string
  /** One sentence. */
  readonly doc: string
  /** First Prefect version that has it. */
  readonly since?: string
  readonly keyDoc: string
  /** There may be thousands: it is worth while to know of some before the others have been read. */
  readonly many?: true
  /** Names are not unique: resources of one name are told apart by their content. */
  readonly ambiguous?: true
  /** There is one on every server, and its id is the same everywhere. */
  readonly singleton?: true
  readonly refFields: Readonly<Record<string, RefField>>
  /** The ref field of the resource that it belongs to: the server deletes it with that one. */
  readonly parent?: string
  readonly fields: Readonly<Record<string, Field>>
  /** Keys in freeform JSON under which Prefect expects the id of such a resource, or a list of ids. */
  readonly idKeys?: readonly string[]
  readonly mentions?: Mentions
  readonly coverage: FieldCoverage
  /** No other kind looks at its objects (`Names.raw`): they are let go once they are encoded. */
  readonly dropAfterEncode?: true
  /**
   * Reads the objects of a server: all, or at least those with the wanted keys. Every object has an `id`. For kinds with
   * `many` objects, each page is passed to `onPage` and omitted from the result.
   */
  list(reader: Reader, server: Server, wanted?: ReadonlySet<string>, onPage?: OnPage): Promise<readonly JsonObject[]>
  /** The natural key of an object, or undefined where it is no resource of its own. */
  key(raw: JsonObject, names: Names): string | undefined
  encode(raw: JsonObject, names: Names): Encoded
  /** Faults of a document that no JSON Schema can tell, such as a key that does not agree with the refs. */
  check?(resource: Resource): readonly Fault[]
  /** Every server has it by itself: it is carried only where something else needs it. */
  builtin?(resource: Resource): boolean
  /** What exists is as it should be, and is neither compared nor written. */
  immutable?(resource: Resource): boolean
  /** Whether the server can change one key into the other in place; `update` then gets a resource with another key. */
  renames?(from: string, to: string): boolean
  /** The fields of one that does nothing yet: what a create under `--activation paused` sends. */
  readonly disabledSpec?: JsonObject
  /** The fields of one that was switched off (`pause`), where a create sends others. */
  readonly pausedSpec?: JsonObject
  /** The resource with the operational parts that stand inside other fields as another one has them: a server's own, mostly. */
  keepActivation?(resource: Resource, other: Resource): Resource
  /** Fields of the server's object that an update needs again. */
  readonly carryOver?: readonly string[]
  /** What this server's version cannot hold of a resource; only what `since` does not say already. */
  incompatibilities?(resource: Resource, server: Server, before: LiveResource | undefined): readonly Incompatibility[]
  /** What an update or delete does besides; one sentence each. */
  effects?(change: Change, server: Server): readonly string[]
  readonly scheduledRuns?: ScheduledRuns
  /** Why one cannot be deleted as long as its parent stays; undefined where it can. */
  blocksRemoval?(resource: Resource, parent: Resource): Pick<Issue, 'code' | 'message' | 'fix'> | undefined
  readonly readiness?: Readiness
  /** How many of them the smallest tier of Prefect Cloud (Hobby) holds, as its documentation says. */
  readonly smallestTierHolds?: number
  /** The name of a secret at a pointer, in words, from which the name of its environment variable is made; default `kind/key/pointer`. */
  secretName?(key: string, pointer: Pointer): string
  create(write: Write, after: ResolvedResource): Promise<Created>
  update(
    write: Write,
    before: LiveResource,
    after: ResolvedResource,
    fields: readonly FieldChange[],
  ): Promise<SideEffects | undefined>
  remove(write: Write, before: LiveResource): Promise<void>
  /** The spec of one that the server made by itself along with another resource (`Created.also`). */
  defaultSpec?(): JsonObject
  /** Finds an object by its natural key, after a create of which nobody knows whether it was done. */
  find(reader: Reader, after: ResolvedResource): Promise<Id | undefined>
}
