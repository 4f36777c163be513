import type { Issue } from '../issue.ts'
import type { JsonObject, Pointer } from '../json.ts'
import type { Ref } from '../ref.ts'
import type { Secret } from '../secret.ts'

/* What a snapshot says and what a server holds. */

/** An ID on one server. Never written to snapshots. */
export type Id = string & { readonly __id: never }

/** The source of a secret value, which is omitted from the resource's `spec`. */
export type Placeholder =
  | ((
      | { readonly env: string }
      /** A path relative to the snapshot's folder. */
      | { readonly file: string }
      /** The encrypted value, armored or in base64. */
      | { readonly age: string }
      /** A program that prints the value, and its arguments. */
      | { readonly command: readonly string[] }
    ) & { readonly as?: 'json' })
  | { readonly plain: Secret }
  /** Only in live resources: the server has a value but does not return it. */
  | { readonly masked: true }

/** The secret values that are available at present. */
export interface SecretValues {
  secretFor(placeholder: Placeholder): Secret | undefined
  /** Why a value is missing; undefined if it is available. */
  missingReason(placeholder: Placeholder): MissingSecret | undefined
}
export interface MissingSecret {
  /** `invalid-secret`: the source exists, but its value cannot be used. */
  readonly code: 'missing-secret' | 'invalid-secret'
  readonly reason: string
  readonly fix: string
}

/** A resource in symbolic form: its edges are refs and `<ref:…>` tokens; it contains no IDs and no secret values. */
export interface Resource {
  readonly kind: string
  /** Natural key: the name that people use, unique within the kind and equal on all servers. */
  readonly key: string
  /** From ref field to the resource that it refers to. */
  readonly refs: Readonly<Record<string, Ref>>
  /** In canonical form: fields that equal their default are absent, keys of freeform JSON are sorted. */
  readonly spec: JsonObject
  /** By pointer into `spec`. */
  readonly secrets: Readonly<Record<Pointer, Placeholder>>
  /**
   * Fields of the spec that are left to the server, unless the spec has them: an update keeps its values, and a create takes the
   * defaults.
   */
  readonly keep?: readonly string[]
}

/**
 * The selection that the snapshot was exported with: resources that meet every condition. Their dependencies are in the
 * snapshot, but not in the scope. Plan and prune ignore resources outside the scope.
 */
export interface Scope {
  /** Globs over refs; a resource must match at least one. */
  readonly include: readonly string[]
  /** Globs over refs; a resource must match none. */
  readonly exclude: readonly string[]
  /** A resource must have at least one of these tags. */
  readonly tags?: readonly string[]
  readonly kinds?: readonly string[]
  /** Also includes resources that depend on these, directly or indirectly, except those that `exclude` matches. */
  readonly dependents?: true
  /** Whether the snapshot has the dependencies of its resources too, which it has unless this is false: then they are external. */
  readonly dependencies?: false
  /** A wider scope that this one is limited to. */
  readonly within?: Scope
  /** Kinds that could not be read completely. */
  readonly incomplete: readonly string[]
}

/** A renamed resource. */
export interface Rename {
  readonly from: Ref
  readonly to: Ref
}

export interface Snapshot {
  readonly version: 1
  /** The source of the export; never compared. */
  readonly source?: { readonly api: string; readonly server: string }
  readonly scope: Scope
  readonly moved: readonly Rename[]
  /**
   * Globs over refs: resources that only the destination has. They need no document, must exist where the snapshot is
   * applied, and are read there, never written.
   */
  readonly external?: readonly string[]
  /** Sorted by kind order, then key. */
  readonly resources: readonly Resource[]
}

/** What the tier of an account of Prefect Cloud allows. */
export interface Tier {
  /** Its name, such as `Hobby`. */
  readonly name: string
  /** The most objects in a workspace, by the API's names of the limits. Those that are unknown, or that there are not, are absent. */
  readonly limits: Readonly<Record<string, number>>
  /** How much of each limit is used, as far as it was read. */
  readonly used: Readonly<Record<string, number>>
}

/** A server. */
export interface Server {
  /** For display: without credentials. */
  readonly url: string
  /** Version of Prefect, such as `3.8.8`. */
  readonly version: string
  /** The tier of its account, if it is a workspace of Prefect Cloud and the tier is known. */
  readonly tier?: Tier
  /** What `Kind.limits` read, by kind. */
  readonly limits?: Readonly<Record<string, JsonObject>>
}

/** The resources of a server, with data that only the server has. Never written to disk. */
export interface Live {
  readonly server: Server
  readonly resources: ReadonlyMap<Ref, LiveResource>
  /** Kinds that were read completely. */
  readonly complete: ReadonlySet<string>
  /** The total number of resources of kinds that were counted but not read completely. */
  readonly totals?: ReadonlyMap<string, number>
  /** Wanted resources that match several objects with the same name equally well. */
  readonly unsure?: readonly Ref[]
  readonly issues: readonly Issue[]
}
export interface LiveResource extends Resource {
  readonly id: Id
  /** Fields of the server's object that an update needs (`Kind.carryOver`). */
  readonly carriedOver: JsonObject
  /** When the server created it, as an ISO 8601 time; absent if the server does not say. */
  readonly createdAt?: string
  /** Fields with a value that this version of the tool does not know, such as `schedules.jitter`: names only. */
  readonly unknown?: readonly string[]
  /** Secrets that the kind only guessed, because a declared path matches no value. */
  readonly guessedSecrets?: readonly Pointer[]
}
