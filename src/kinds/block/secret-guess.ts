import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { matching, type Path, plain } from './declared-path.ts'
import { isContainer, isPassword, itemSchemas, namesIn, propertySchemas, type Rooted } from './schema-node.ts'

/* What a declared path without a match in the data may mean. */

/** A declared path that matches nothing in the data, with the values that are treated as secret because of it. */
export interface Guess {
  /** As in `secret_fields`, such as `headers.*`. */
  readonly path: string
  readonly pointers: readonly Pointer[]
}

/** A path that ended at an object without a key for its next name. */
interface Stop {
  readonly path: Path
  readonly value: JsonObject
  readonly schemas: readonly JsonObject[]
  readonly pointer: Pointer
  /** All paths that were looked up at the object. */
  readonly siblings: readonly Path[]
}

/** What a walk through the data has found so far. */
export interface Search extends Rooted {
  readonly secrets: Map<Pointer, Json>
  readonly hits: Set<string>
  readonly stops: Stop[]
}

/** Treats as secret what an unmatched path may mean: leaves of its last name, else leaves that the schema does not know. */
export function guess(search: Search): Guess[] {
  const found = new Map<string, Set<Pointer>>()
  for (const stop of search.stops) if (isAccountedFor(search, stop)) search.hits.add(stop.path.declared)
  for (const stop of search.stops) {
    const { declared } = stop.path
    if (search.hits.has(declared)) continue
    const leaves = candidates(search, stop)
    const last = plain(stop.path.rest.at(-1) ?? '')
    const named = last === '' ? [] : leaves.filter(({ key }) => plain(key) === last)
    const chosen = named.length > 0 ? named : leaves.filter(({ known }) => !known)
    const pointers = found.get(declared) ?? new Set()
    for (const { pointer } of chosen) pointers.add(pointer)
    found.set(declared, pointers)
  }
  const guesses = [...found].flatMap(([path, pointers]) =>
    pointers.size > 0 ? [{ path, pointers: [...pointers] }] : [],
  )
  for (const stop of search.stops)
    for (const { pointer, value } of candidates(search, stop))
      if (guesses.some(({ pointers }) => pointers.includes(pointer))) search.secrets.set(pointer, value)
  return guesses
}

/** Whether a field with an alias is one of those that the schema marks as passwords under names that no path has. */
function isAccountedFor(search: Search, { path, schemas, siblings }: Stop): boolean {
  const names = namesIn(schemas)
  if (path.rest.length !== 1 || names.has(path.rest[0] ?? '')) return false
  const heads = new Set(siblings.flatMap(({ rest }) => rest.slice(0, 1)))
  const aliased = siblings.filter(({ rest }) => rest.length === 1 && !names.has(rest[0] ?? ''))
  const passwords = [...names].filter(
    (name) => !heads.has(name) && propertySchemas(search, schemas, name).some(isPassword),
  )
  return passwords.length >= aliased.length && passwords.length > 0
}

interface Leaf {
  readonly key: string
  readonly value: Json
  readonly pointer: Pointer
  /** Whether the schema says what it is, and it is no password. */
  readonly known: boolean
}

/** The values below an object that no path leads to and that are not secret yet. */
function candidates(search: Search, stop: Stop): Leaf[] {
  const { value, schemas, pointer, siblings, path } = stop
  const others = siblings.filter((sibling) => sibling !== path)
  const taken = new Set(others.flatMap((other) => matching(other, Object.keys(value)).map(([key]) => key)))
  const names = namesIn(schemas)
  const isProperty = names.has(path.rest[0] ?? '')
  // A secret that is neither a string nor a dictionary looks like any other property.
  const anything = path.rest.length === 1 && names.size > 0 && !isProperty
  return Object.entries(value).flatMap(([key, item]) =>
    // A property that is absent is unset, or the data has it under an alias for serialization, which no property has.
    taken.has(key) || (isProperty && names.has(key)) || (path.rest.length > 1 && !isContainer(item))
      ? []
      : leaves(search, key, item, propertySchemas(search, schemas, key), step(pointer, key)).map((leaf) =>
          anything ? { ...leaf, known: false } : leaf,
        ),
  )
}

function leaves(search: Search, key: string, value: Json, schemas: readonly JsonObject[], pointer: Pointer): Leaf[] {
  if (value === null || key === 'block_type_slug' || search.secrets.has(pointer)) return []
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) =>
      leaves(search, key, item, itemSchemas(search, schemas, index), step(pointer, index)),
    )
  if (isObject(value))
    return Object.entries(value).flatMap(([name, item]) =>
      leaves(search, name, item, propertySchemas(search, schemas, name), step(pointer, name)),
    )
  return [{ key, value, pointer, known: schemas.length > 0 }]
}
