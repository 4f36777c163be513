import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { matching, type Path, pathsOf, withoutRoot } from './declared-path.ts'
import { expand, inlineSchema, isContainer, isPassword, itemSchemas, namesIn, propertySchemas } from './schema-node.ts'
import { type Guess, guess, type Search } from './secret-guess.ts'

/*
 * Finds the secrets of a block. A schema declares them as paths of Python field names (`secret_fields`), but the data
 * has aliases, and a path does not tell whether a field is a dictionary of models or a root model. So paths are matched
 * against the data and the JSON Schema together, and in doubt a value is treated as secret: an unnecessary placeholder
 * is a minor nuisance, a leaked secret is a security incident.
 */

/** The secrets of a block's data. */
export interface BlockSecrets {
  readonly secrets: ReadonlyMap<Pointer, Json>
  /** Declared paths without a match in the data, and the values that are treated as secret because of them. */
  readonly guesses: readonly Guess[]
}

/**
 * Finds the secrets in the data of a block by the `fields` of its schema: values at declared paths, in which `*` is any
 * key, and every value with `format: password` or `writeOnly`. Null is not a secret.
 */
export function findBlockSecrets(data: JsonObject, fields: JsonObject): BlockSecrets {
  const search: Search = { root: fields, secrets: new Map(), hits: new Set(), stops: [] }
  visit(search, data, expand(search, fields), pathsOf(fields), '')
  return { secrets: search.secrets, guesses: guess(search) }
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
    // Other declared paths may lead into the same secret.
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
    // Without properties, it may be a dictionary, whose keys do not occur in paths.
    if (namesIn(schemas).size > 0) continue
    for (const [key, item] of Object.entries(value)) if (isContainer(item)) forKey.get(key)?.push(path)
  }
  for (const [key, item] of Object.entries(value))
    visit(search, item, propertySchemas(search, schemas, key), forKey.get(key) ?? [], step(pointer, key))
}
