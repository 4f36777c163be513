import type { Json, JsonObject } from '../json.ts'
import type { Rule } from './rule.ts'

/** One field of a kind's `spec`. A snapshot has the fields in this order. */
export interface Field {
  /** JSON Schema (2020-12) of the value. */
  readonly schema: JsonObject
  /** One sentence for the schema, `explain` and editors. */
  readonly doc: string
  /** The server's default. A field with this value is omitted from a snapshot. */
  readonly default?: Json
  /** Every document must set it. If a snapshot omits another field without a default, the server's value is kept. */
  readonly required?: true
  /** Switches work on or off. Always exported, and not compared if the snapshot omits it. */
  readonly operational?: true
  /** The reason why the server cannot change the field in place. */
  readonly fixed?: string
  /** Freeform JSON, which may contain IDs of the server and names of other resources. */
  readonly freeform?: true
  /**
   * Every UUID in a freeform value is the ID of a server, except under these keys, which hold values of users. Without it,
   * only those in certain places are.
   */
  readonly idsExceptIn?: readonly string[]
  /** The resource can be created without this field, so a cycle can be broken here. */
  readonly deferrable?: true
  /** The first Prefect version with this field. */
  readonly since?: string
  /** Only Prefect Cloud has it. */
  readonly only?: 'cloud'
  /**
   * A clause about what would go wrong without a value: an older server then cannot have the resource. Without this clause,
   * an older server gets the resource without the field, and the plan warns.
   */
  readonly without?: string
  /** What Prefect demands of the value beyond the schema. */
  readonly rules?: readonly Rule[]
  /** Converts values with the same meaning on all servers to one form. Idempotent. */
  readonly normalize?: (value: Json) => Json
  /** Converts a value for comparison, if servers store another form than they receive. */
  readonly compare?: (value: Json, other: Json | undefined) => Json
  /** The value that it may have between the writes of a change that leads to `after`; undefined where there is none. */
  readonly interim?: (after: Json) => Json | undefined
}

/** A field of the API that refers to another resource. */
export interface RefField {
  /** Kinds of resources that it may refer to. */
  readonly kinds: readonly string[]
  readonly doc: string
  readonly required?: true
  readonly fixed?: string
  /** No response of a server shows it, so it is not compared with one. */
  readonly unreadable?: true
  readonly since?: string
  /** As of a field. */
  readonly without?: string
}

/** The handling of every field of the API's models. A field that is in no list fails the coverage test. */
export interface FieldCoverage {
  /** Names of the OpenAPI components that create, update and return the kind. */
  readonly models: {
    readonly create: readonly string[]
    readonly update: readonly string[]
    readonly read: readonly string[]
    /** Nested components whose fields the kind handles one by one; they are covered by these lists too. */
    readonly parts?: readonly string[]
    /** Components of servers before 3.4, read instead of the others. */
    readonly older?: readonly string[]
    /** Nested components that are carried unchanged. */
    readonly freeform?: readonly string[]
  }
  /** Objects inside of answers that the kind takes apart, by their path, such as `schedules.schedule`. */
  readonly nested?: Readonly<Record<string, NestedCoverage>>
  /** Names in these lists that only such objects have. */
  readonly onlyNested?: readonly string[]
  /** The values that a field may have on servers up to the newest known one, by its path. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** Routes that list what belongs to the kind and is no configuration, each with what it lists. */
  readonly otherLists?: Readonly<Record<string, string>>
  /** From API field to spec field, ref field or `key`, if the names differ. */
  readonly mapped?: Readonly<Record<string, string>>
  /** Fields that the server owns; never exported. */
  readonly own: readonly string[]
  /** Unused fields, with the reason. */
  readonly ignored?: Readonly<Record<string, string>>
}

/** The handling of an object inside of an answer, or of each one of a list. */
export interface NestedCoverage {
  /** Models in the lists of the kind that are models of this object. */
  readonly models?: readonly string[]
  readonly known: readonly string[]
  /** Other fields are carried unchanged, so that nothing of it is lost. */
  readonly carried?: true
}
