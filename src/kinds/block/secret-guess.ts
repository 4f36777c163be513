import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { matching, type Path, plain } from './declared-path.ts'
import { isContainer, isPassword, itemSchemas, namesIn, propertySchemas, type Rooted } from './schema-node.ts'

/*
 * Guesses the meaning of declared paths without a match in the data.
 */

/** A declared path without a match in the data, and the values that are treated as secret because of it. */
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

/** The state of a walk through the data. */
export interface Search extends Rooted {
  readonly secrets: Map<Pointer, Json>
  readonly hits: Set<string>
  readonly stops: Stop[]
}

/**
 * Treats as secret the values that an unmatched path may mean: those with its last name, or else those that the schema
 * does not describe.
 */
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

/** Whether an unmatched field is probably one of those that the schema marks as passwords under an alias. */
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
  /** Whether the schema describes the value and does not mark it as a password. */
  readonly known: boolean
}

/** The values below an object that no path matches and that are not secret yet. */
function candidates(search: Search, stop: Stop): Leaf[] {
  const { value, schemas, pointer, siblings, path } = stop
  const others = siblings.filter((sibling) => sibling !== path)
  const taken = new Set(others.flatMap((other) => matching(other, Object.keys(value)).map(([key]) => key)))
  const names = namesIn(schemas)
  const isProperty = names.has(path.rest[0] ?? '')
  // A secret that is neither a string nor a dictionary looks like any other property.
  const anything = path.rest.length === 1 && names.size > 0 && !isProperty
  return Object.entries(value).flatMap(([key, item]) =>
    // A missing property is unset, or the data has it under a serialization alias, which is not a property.
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
