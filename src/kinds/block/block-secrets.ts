import { isObject, type Json, type JsonObject, type Pointer, step } from '../../json.ts'
import { matching, type Path, pathsOf, withoutRoot } from './declared-path.ts'
import { expand, inlineSchema, isContainer, isPassword, itemSchemas, namesIn, propertySchemas } from './schema-node.ts'
import { type Guess, guess, type Search } from './secret-guess.ts'

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

/**
 * Finds the secrets in the data of a block by the `fields` of its schema: declared paths, in which `*` is any key, and every
 * value with `format: password` or `writeOnly`. A null is no secret.
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
