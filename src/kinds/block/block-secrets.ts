import { isExact, isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { list, object } from '../endpoints.ts'

/*
 * Where the secrets of a block are. A schema declares them as paths of Python field names (`secret_fields`), but the data
 * holds aliases, and nothing in a path says that a field is a dictionary of models or a root model. So a path is matched
 * against the data and the JSON Schema together, and what it may mean is treated as secret: a placeholder too many costs a
 * line, a secret in a file costs the secret.
 */

/** The secrets of a block's data. */
export interface BlockSecrets {
  readonly secrets: ReadonlyMap<Pointer, Json>
  /** Declared paths that match nothing in the data, with the values that are treated as secret because of them. */
  readonly guesses: readonly Guess[]
}

export interface Guess {
  /** As in `secret_fields`, such as `headers.*`. */
  readonly path: string
  readonly pointers: readonly Pointer[]
}

interface Path {
  readonly declared: string
  readonly rest: readonly string[]
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

interface Search {
  readonly root: JsonObject
  readonly secrets: Map<Pointer, Json>
  readonly hits: Set<string>
  readonly stops: Stop[]
}

/**
 * Finds the secrets in the data of a block by the `fields` of its schema: declared paths, in which `*` is any key, and every
 * value with `format: password` or `writeOnly`. A null is no secret.
 */
export function findBlockSecrets(data: JsonObject, fields: JsonObject): BlockSecrets {
  const search: Search = { root: fields, secrets: new Map(), hits: new Set(), stops: [] }
  visit(search, data, expand(search, fields), pathsOf(fields), '')
  return { secrets: search.secrets, guesses: guess(search) }
}

function pathsOf(schema: JsonObject): Path[] {
  return list(schema.secret_fields).map((path) => ({ declared: String(path), rest: String(path).split('.') }))
}

function visit(
  search: Search,
  value: Json,
  schemas: readonly JsonObject[],
  given: readonly Path[],
  pointer: Pointer,
): void {
  if (value === null) return
  const paths = given.map((path) => withoutRoot(path, value))
  const ended = paths.filter(({ rest }) => rest.length === 0 || (rest[0] === '*' && !isContainer(value)))
  for (const { declared } of ended) search.hits.add(declared)
  if (pointer !== '' && (ended.length > 0 || schemas.some(isPassword))) {
    search.secrets.set(pointer, value)
    // A declared path of other names leads into the same secret.
    return
  }
  if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries())
      visit(search, item, itemSchemas(search, schemas, index), paths, step(pointer, index))
  else if (isObject(value)) visitObject(search, value, schemas, paths, pointer)
}

function visitObject(
  search: Search,
  value: JsonObject,
  given: readonly JsonObject[],
  inherited: readonly Path[],
  pointer: Pointer,
): void {
  const inline = pointer === '' ? undefined : inlineSchema(search.root, value)
  const schemas = inline ? [...given, ...expand(search, inline)] : given
  const paths = inline ? [...inherited, ...pathsOf(inline)] : inherited
  const forKey = new Map<string, Path[]>(Object.keys(value).map((key) => [key, []]))
  for (const path of paths) {
    const matched = matching(path, Object.keys(value))
    for (const [key, rest] of matched) forKey.get(key)?.push({ ...path, rest })
    if (matched.length > 0) continue
    search.stops.push({ path, value, schemas, pointer, siblings: paths })
    // Without properties it may be a dictionary, whose keys are in no path.
    if (namesIn(schemas).size > 0) continue
    for (const [key, item] of Object.entries(value)) if (isContainer(item)) forKey.get(key)?.push(path)
  }
  for (const [key, item] of Object.entries(value))
    visit(search, item, propertySchemas(search, schemas, key), forKey.get(key) ?? [], step(pointer, key))
}

/** The keys that a path goes through, each with the rest of the path: the same name, else one that differs in style only. */
function matching({ rest }: Path, keys: readonly string[]): [string, readonly string[]][] {
  const [head = ''] = rest
  if (head === '*') return keys.map((key) => [key, rest.slice(1)])
  const exact = keys.flatMap((key): [string, readonly string[]][] => {
    const length = key.split('.').length
    return key === rest.slice(0, length).join('.') ? [[key, rest.slice(length)]] : []
  })
  return exact.length > 0 ? exact : keys.filter((key) => plain(key) === plain(head)).map((key) => [key, rest.slice(1)])
}

/** `api_token`, `apiToken` and `API-Token` are one name. */
function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** The field of a root model, `root`, is in paths, but not in the data. */
function withoutRoot(path: Path, value: Json): Path {
  const [head, ...rest] = path.rest
  if (head !== 'root' || (isObject(value) && Object.hasOwn(value, 'root'))) return path
  return withoutRoot({ ...path, rest }, value)
}

/** Treats as secret what an unmatched path may mean: leaves of its last name, else leaves that the schema does not know. */
function guess(search: Search): Guess[] {
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

/** The schemas that a value may fit: the schema itself, what it refers to, and its alternatives. */
function expand(search: Pick<Search, 'root'>, schema: Json | undefined, seen = new Set<Json>()): JsonObject[] {
  if (!isObject(schema) || seen.has(schema)) return []
  seen.add(schema)
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => list(schema[name]))
  const target = typeof schema.$ref === 'string' ? [definition(search.root, schema.$ref)] : []
  return [schema, ...[...target, ...inner].flatMap((item) => expand(search, item, seen))]
}

function definition(root: JsonObject, ref: string): Json | undefined {
  const [, group = '', name = ''] = /^#\/(definitions|\$defs)\/(.+)$/.exec(ref) ?? []
  return object(root[group])[name]
}

/** The definition of a block that stands in the data with the slug of its type. */
function inlineSchema(root: JsonObject, { block_type_slug: slug }: JsonObject): JsonObject | undefined {
  if (typeof slug !== 'string') return undefined
  return Object.values(object(root.definitions))
    .filter(isObject)
    .find((schema) => schema.block_type_slug === slug)
}

function propertySchemas(search: Search, schemas: readonly JsonObject[], key: string): JsonObject[] {
  return schemas.flatMap((schema) => {
    const properties = object(schema.properties)
    return expand(search, Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties)
  })
}

function itemSchemas(search: Search, schemas: readonly JsonObject[], index: number): JsonObject[] {
  return schemas.flatMap((schema) => [
    ...expand(search, schema.items),
    ...expand(search, list(schema.prefixItems)[index]),
  ])
}

function namesIn(schemas: readonly JsonObject[]): Set<string> {
  return new Set(schemas.flatMap((schema) => Object.keys(object(schema.properties))))
}

function isPassword({ format, writeOnly }: JsonObject): boolean {
  return format === 'password' || writeOnly === true
}

function isContainer(value: Json): boolean {
  return typeof value === 'object' && value !== null && !isExact(value)
}
