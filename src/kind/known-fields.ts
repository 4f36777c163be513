import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'

/** A field of an object of a server that no kind knows, with its value. */
export interface UnknownField {
  /** Names with points, such as `schedules.jitter`; lists have no step of their own. */
  readonly path: string
  readonly value: Json
  /** It is part of a value that is carried unchanged. */
  readonly carried?: true
}

/** What a kind knows of its objects: the names of their fields, and of those of objects inside, by path. */
export interface KnownFields {
  readonly own: ReadonlySet<string>
  readonly nested: ReadonlyMap<string, { readonly names: ReadonlySet<string>; readonly carried: boolean }>
}

/** The fields that a kind knows, by its coverage. */
export function knownFields({ coverage, fields, refFields }: Kind): KnownFields {
  const { mapped = {}, own, ignored = {}, nested = {}, onlyNested = [] } = coverage
  const names = [fields, refFields, mapped, ignored].flatMap((table) => Object.keys(table))
  const inside = new Set(onlyNested)
  return {
    own: new Set([...names, ...own].filter((name) => !inside.has(name))),
    nested: new Map(
      Object.entries(nested).map(([path, { known, carried = false }]) => [path, { names: new Set(known), carried }]),
    ),
  }
}

/** The fields of an object that a kind does not know, also in the objects inside that it takes apart. */
export function* unknownFieldsIn(known: KnownFields, object: JsonObject, path = ''): Generator<UnknownField> {
  const level = path === '' ? { names: known.own, carried: false } : known.nested.get(path)
  if (!level) return
  for (const name in object) {
    const value = object[name] as Json
    const at = path === '' ? name : `${path}.${name}`
    if (!level.names.has(name)) yield { path: at, value, ...(level.carried ? { carried: true } : {}) }
    else if (known.nested.has(at))
      for (const item of Array.isArray(value) ? value : [value])
        if (isObject(item)) yield* unknownFieldsIn(known, item, at)
  }
}
