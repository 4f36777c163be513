import type { Check } from './check.ts'
import type { Issue } from './issue.ts'
import type { JsonObject, Pointer } from './json.ts'
import type { Answer } from './kind/answer.ts'
import type { Encoded, Names } from './kind/encoded.ts'
import type { Field, FieldCoverage, RefField } from './kind/field.ts'
import type { Quota } from './kind/quota.ts'
import type { Rule, RuleKeyword } from './kind/rule.ts'
import type { RunControl } from './kind/run-control.ts'
import type { RunHistory } from './kind/run-history.ts'
import type { Created, ResolvedResource, SideEffects, Write } from './kind/write.ts'
import type { Change, FieldChange, Id, LiveResource, Reader, Ref, Rename, Resource, Server } from './model.ts'

export type { Answer } from './kind/answer.ts'
export type { DroppedSetting, Encoded, GuessedSecret, Names } from './kind/encoded.ts'
export type { Field, FieldCoverage, NestedCoverage, RefField } from './kind/field.ts'
export type { Quota } from './kind/quota.ts'
export type { Around, Finding, KeywordCheck, Misfit, Rule, RuleKeyword, Schemas } from './kind/rule.ts'
export { rulesVersion } from './kind/rule.ts'
export type { ExtraRun, OpenRun, RunControl } from './kind/run-control.ts'
export type { PastRun, RunArtifact, RunHistory, TimeWindow } from './kind/run-history.ts'
export type { Created, ResolvedResource, SideEffects, Write } from './kind/write.ts'

/** A feature that a Prefect version does not support. */
export interface Incompatibility {
  readonly pointer?: Pointer
  readonly reason: string
  readonly drops: 'resource' | 'field'
}

/** A fault of one document; `pointer` is relative to the document. */
export interface Fault {
  readonly code: 'invalid-key' | 'invalid-value' | 'invalid-secret' | 'checksum-differs'
  readonly severity?: 'warning'
  readonly pointer: Pointer
  readonly message: string
  readonly fix?: string
}

/** References by name in freeform JSON, which Prefect resolves at run time. */
export interface Mentions {
  /** `{{ prefect.WORD.a.b }}`: the word, and a function from the path `['a', 'b']` to the natural key. */
  readonly template?: { readonly word: string; key(path: readonly string[]): string }
  /** By object key: the natural key of the resource that an object with this key names, or undefined. */
  readonly keys?: Readonly<Record<string, (object: JsonObject) => string | undefined>>
}

/** Scheduled runs of a resource. */
export interface ScheduledRuns {
  /** The sentence among `effects` that says that an update reschedules runs. A plan replaces it by their number. */
  readonly effect: string
  /** The number of runs that its schedules have made, to start in this span. */
  count(reader: Reader, id: Id, span: { readonly from: Date; readonly to: Date }): Promise<number>
  /** The runs of these resources that are due or have begun. Those without any may be absent. */
  open?(reader: Reader, ids: readonly Id[], now: Date): Promise<ReadonlyMap<Id, OpenRuns>>
  /** Whether a server deletes late runs of its schedules along with an update. */
  deletesLate?(change: Change & { readonly action: 'update' }, server: Pick<Server, 'version'>): boolean
}

/** Runs that are due or have begun. */
export interface OpenRuns {
  /** Those of schedules that no worker has taken although their time has come. */
  readonly late: number
  /** The same for runs that a person, a program or an automation has made. */
  readonly lateByHand: number
  /** Those that a worker has taken, and that have not ended. */
  readonly inFlight: number
}

/** When a resource runs by itself. One of `cron`, `interval` and `rrule` is set. */
export interface RunSchedule {
  /** Identifies the schedule across changes. */
  readonly slug?: string
  /** Whether it makes runs. */
  readonly active: boolean
  readonly cron?: string
  /** Whether a day matches if either of the two fields for days does. */
  readonly dayOr?: boolean
  /** Seconds. */
  readonly interval?: number
  readonly anchor?: string
  readonly rrule?: string
  /** Default UTC. */
  readonly zone?: string
}

/** The fields of a resource whose runs are moved, and why some of them cannot be, each as the end of a sentence. */
export interface ShiftedRuns {
  readonly spec: JsonObject
  readonly faults: readonly string[]
}

/** Whether workers are available to run resources of a kind. */
export interface Readiness {
  /** The check that follows from the resource alone; undefined if it depends on workers. */
  ofType?(resource: Resource, server: Server): Check | undefined
  /** What a resource needs after its creation. */
  afterCreate?(resource: Resource, server: Server): Check | undefined
  /** Checks resources on the server. Skips those that `ofType` decides. */
  check(reader: Reader, server: Server, resources: readonly LiveResource[]): Promise<readonly Check[]>
}

/** Receives objects page by page. `gone` has the IDs of objects that were passed before and have been deleted since. */
export type OnPage = (objects: readonly JsonObject[], gone?: readonly string[]) => void

/**
 * Everything that the tool knows about one kind: a plain object, in one file in `kinds/` and one line in its table.
 * CONTRIBUTING.md describes how to add a kind.
 */
export interface Kind {
  readonly name: string
  /** One sentence. */
  readonly doc: string
  /** Its names in messages of servers, if they differ from `name`. */
  readonly nouns?: readonly string[]
  /** The first Prefect version with this kind. */
  readonly since?: string
  /** What the scopes of Prefect Cloud call it, if that is not the plural of its name. */
  readonly cloudScope?: string
  /** Where it exists, if not everywhere. */
  readonly only?: 'cloud' | 'server'
  readonly keyDoc: string
  /** What Prefect demands of the key. */
  readonly keyRules?: readonly Rule[]
  /** Keywords for rules of users, about values of its documents. */
  readonly ruleKeywords?: readonly RuleKeyword[]
  /** There may be thousands of objects, so they are processed page by page. */
  readonly many?: true
  /** Names are not unique: resources with the same name are distinguished by content. */
  readonly ambiguous?: true
  /** The server refuses (409) to create a second object with the same key. */
  readonly refusesDuplicates?: true
  /** Every server has exactly one, with the same ID. */
  readonly singleton?: true
  readonly refFields: Readonly<Record<string, RefField>>
  /** The ref field of the owner, with which the server deletes the resource. */
  readonly parent?: string
  readonly fields: Readonly<Record<string, Field>>
  /** Keys in freeform JSON where Prefect expects the ID of such a resource, or a list of IDs. */
  readonly idKeys?: readonly string[]
  readonly mentions?: Mentions
  readonly coverage: FieldCoverage
  /** The shapes of the answers to its requests. An answer of another shape ends the operation. */
  readonly answers?: readonly Answer[]
  /** No other kind uses its objects (`Names.raw`), so they are released once encoded. */
  readonly dropAfterEncode?: true
  /**
   * Reads the objects of a server: all, or at least those with the wanted keys. Every object has an `id`. For kinds with
   * `many` objects, each page is passed to `onPage` and omitted from the result.
   */
  list(reader: Reader, server: Server, wanted?: ReadonlySet<string>, onPage?: OnPage): Promise<readonly JsonObject[]>
  /** Reads the object with a key in one request, in the form of `list`; for kinds whose list cannot be filtered. */
  listOne?(reader: Reader, server: Server, key: string): Promise<readonly JsonObject[]>
  /** The natural key of an object; undefined if it is not a resource of its own. */
  key(raw: JsonObject, names: Names): string | undefined
  /** The resources that an object's key is made from: they have to be read along with it, where that is read by name. */
  keyRefs?(key: string): readonly Ref[]
  encode(raw: JsonObject, names: Names): Encoded
  /** Faults that a JSON Schema cannot express, such as a key that contradicts the refs. */
  check?(resource: Resource): readonly Fault[]
  /** Every server creates it, so it is exported only if another resource depends on it. */
  builtin?(resource: Resource): boolean
  /** Existing resources are neither compared nor updated. */
  immutable?(resource: Resource): boolean
  /** Whether the server can rename in place; `update` then receives a resource with another key. */
  renames?(from: string, to: string): boolean
  /**
   * Renames of other resources that are part of an update, each with the field that says so. Those that are wanted under the new
   * name are updated.
   */
  renamesAlong?(before: Resource, after: Resource): readonly (Rename & { readonly pointer: Pointer })[]
  /** The fields of an inactive resource, as `--activation paused` creates it. */
  readonly disabledSpec?: JsonObject
  /** The fields that `pause` sets, if they differ from `disabledSpec`. */
  readonly pausedSpec?: JsonObject
  /**
   * Copies operational values inside other fields from `other`, usually the server's resource; with `on`, only those that are
   * on in `other`.
   */
  keepActivation?(resource: Resource, other: Resource, which?: 'on'): Resource
  /** Whether a resource starts work by itself: it is on, and has something that starts it. */
  startsWork?(resource: Resource): boolean
  /** The resource whose workers run its work. */
  servedBy?(resource: Resource): Ref | undefined
  /** The resource without operational values inside other fields, for a comparison of what else it says. */
  withoutActivation?(resource: Resource): Resource
  /** Fields of the server's object that an update needs. */
  readonly carryOver?: readonly string[]
  /**
   * Fields and refs whose interrupted change may leave objects on the server that no resource shows. `undo` writes them
   * again, even if nothing differs, and the update removes such objects.
   */
  readonly rewriteOnUndo?: readonly string[]
  /**
   * Settings of the server that limit these resources, for `incompatibilities` and `effects`: they get them as
   * `server.limits`. Undefined if none of the resources needs them, or if the server does not show them.
   */
  limits?(reader: Reader, wanted: readonly Resource[]): Promise<JsonObject | undefined>
  /** What the server's version does not support, in addition to the `since` of fields. */
  incompatibilities?(resource: Resource, server: Server, before: LiveResource | undefined): readonly Incompatibility[]
  /** Side effects of a change, one sentence each. `resourceOf` returns other resources as they will be. */
  effects?(change: Change, server: Server, resourceOf: (ref: Ref) => Resource | undefined): readonly string[]
  /** What a delete would destroy and nobody can restore, such as `3 runs`; undefined if there is nothing. */
  lostOnDelete?(reader: Reader, id: Id): Promise<string | undefined>
  /** The resources that a delete takes along, or leaves without it, each with its ID and its name in words. */
  usedBy?(reader: Reader, before: LiveResource): Promise<readonly { readonly id: Id; readonly what: string }[]>
  readonly scheduledRuns?: ScheduledRuns
  /** Its runs, while it moves from one server to another; absent if nothing of it is in progress between two events. */
  readonly runs?: RunControl
  /** Why a resource cannot be deleted while its parent exists; undefined if it can. */
  blocksRemoval?(resource: Resource, parent: Resource): Pick<Issue, 'code' | 'message' | 'fix'> | undefined
  /** When a resource runs by itself. */
  runSchedules?(resource: Resource): readonly RunSchedule[]
  /** The fields that move what a resource runs by itself by some minutes, exactly. `near` is a time soon before the runs. */
  shiftRuns?(resource: Resource, minutes: number, near: Date): ShiftedRuns
  /** What a resource has run, to compare two servers. */
  readonly runHistory?: RunHistory
  readonly readiness?: Readiness
  /** The field with the number of runs that it lets through at a time. */
  readonly runLimit?: string
  /** What the tier of a Prefect Cloud account limits. */
  readonly quotas?: readonly Quota[]
  /** Why a transfer does not take a resource along; undefined if it does. */
  staysBehind?(resource: Resource): string | undefined
  /** A readable name of a secret, from which its environment variable is derived; default `kind/key/pointer`. */
  secretName?(key: string, pointer: Pointer): string
  create(write: Write, after: ResolvedResource): Promise<Created>
  update(
    write: Write,
    before: LiveResource,
    after: ResolvedResource,
    fields: readonly FieldChange[],
  ): Promise<SideEffects | undefined>
  remove(write: Write, before: LiveResource): Promise<void>
  /** The spec of a resource that the server creates together with another (`SideEffects.createdIds`). */
  defaultSpec?(): JsonObject
  /** Finds an object by its natural key, after a create whose outcome is unknown. */
  find(reader: Reader, after: ResolvedResource): Promise<Id | undefined>
}
