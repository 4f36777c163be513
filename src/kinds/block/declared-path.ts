import { isObject, type Json, type JsonObject } from '../../json.ts'
import { list } from '../endpoints.ts'

/** A path of `secret_fields`, and the part of it that is not matched yet. */
export interface Path {
  readonly declared: string
  readonly rest: readonly string[]
}

/** The declared paths of a schema. */
export function pathsOf(schema: JsonObject): Path[] {
  return list(schema.secret_fields).map((path) => ({ declared: String(path), rest: String(path).split('.') }))
}

/**
 * The keys that match the beginning of a path, each with the rest of the path: exact matches, or else keys that differ
 * only in style.
 */
export function matching({ rest }: Path, keys: readonly string[]): [string, readonly string[]][] {
  const [head = ''] = rest
  if (head === '*') return keys.map((key) => [key, rest.slice(1)])
  const exact = keys.flatMap((key): [string, readonly string[]][] => {
    const length = key.split('.').length
    return key === rest.slice(0, length).join('.') ? [[key, rest.slice(length)]] : []
  })
  return exact.length > 0 ? exact : keys.filter((key) => plain(key) === plain(head)).map((key) => [key, rest.slice(1)])
}

/** Normalizes a name: `api_token`, `apiToken` and `API-Token` are equal. */
export function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** Removes `root`, the field of a root model, which occurs in paths but not in the data. */
export function withoutRoot(path: Path, value: Json): Path {
  const [head, ...rest] = path.rest
  if (head !== 'root' || (isObject(value) && Object.hasOwn(value, 'root'))) return path
  return withoutRoot({ ...path, rest }, value)
}
