import type { Json, JsonObject, Pointer } from '../json.ts'
import type { Ref, Resource } from '../model.ts'

/** A rule of Prefect about a value, in addition to the JSON Schema of its field. */
export interface Rule {
  /** Unique within its kind. */
  readonly name: string
  /** The rule in words, as one sentence. */
  readonly doc: string
  /** Where Prefect has the rule: a file of its package and the name in it, as of `rulesVersion`. */
  readonly source: string
  /** The first Prefect version with the rule, if an older supported version does not have it. */
  readonly since?: string
  /**
   * How servers come to have such a value although a create refuses it. A snapshot of such a server must be valid, so the
   * findings are warnings.
   */
  readonly held?: string
  /** A plan knows more, because it knows the server. */
  readonly offlineOnly?: true
  /** What Prefect would refuse in a value. */
  find(value: Json, around: Around): Iterable<Finding>
}

export interface Finding {
  /** Relative to the value. */
  readonly pointer: Pointer
  /** What is wrong, in words: the continuation of "Prefect refuses …". */
  readonly problem: string
  readonly fix?: string
  /** For a value that only some servers refuse. */
  readonly severity?: 'warning'
}

/** A fault that a JSON Schema finds, or that a JSON Schema has; the reason continues "it …". */
export interface Misfit {
  readonly pointer: Pointer
  readonly reason: string
}

/** Checks by JSON Schema (2020-12). */
export interface Schemas {
  /** Where a value does not fit a schema; empty also if the schema cannot be used. */
  misfits(schema: JsonObject, value: Json): readonly Misfit[]
  /** Why a schema is not one. */
  faults(schema: JsonObject): readonly Misfit[]
}

/** A keyword that a kind adds to the JSON Schemas of users' rules (`rules:` in the policy file). */
export interface RuleKeyword {
  readonly name: string
  /** What it demands, as one sentence. */
  readonly doc: string
  /** JSON Schema of its argument. */
  readonly schema: JsonObject
  /** Loads the check: why a value does not meet an argument, as a continuation of "it …"; undefined if it does. */
  load(): Promise<KeywordCheck>
}

export type KeywordCheck = (argument: Json, value: Json) => string | undefined

/** What a rule may look at besides the value. */
export interface Around {
  readonly schemas: Schemas
  readonly resource: Resource
  /** Another resource of the snapshot. */
  resourceOf(ref: Ref): Resource | undefined
}

/** The Prefect version in which the sources of rules were read. */
export const rulesVersion = '3.8.8'
