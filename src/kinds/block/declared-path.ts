import { isObject, type Json, type JsonObject } from '../../json.ts'
import { list } from '../endpoints.ts'

/** A path of `secret_fields`, or what is left of it below some value. */
export interface Path {
  readonly declared: string
  readonly rest: readonly string[]
}

/** The declared paths of a schema. */
export function pathsOf(schema: JsonObject): Path[] {
  return list(schema.secret_fields).map((path) => ({ declared: String(path), rest: String(path).split('.') }))
}

/** The keys that a path goes through, each with the rest of the path: the same name, else one that differs in style only. */
export function matching({ rest }: Path, keys: readonly string[]): [string, readonly string[]][] {
  const [head = ''] = rest
  if (head === '*') return keys.map((key) => [key, rest.slice(1)])
  const exact = keys.flatMap((key): [string, readonly string[]][] => {
    const length = key.split('.').length
    return key === rest.slice(0, length).join('.') ? [[key, rest.slice(length)]] : []
  })
  return exact.length > 0 ? exact : keys.filter((key) => plain(key) === plain(head)).map((key) => [key, rest.slice(1)])
}

/** `api_token`, `apiToken` and `API-Token` are one name. */
export function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
}

/** The field of a root model, `root`, is in paths, but not in the data. */
export function withoutRoot(path: Path, value: Json): Path {
  const [head, ...rest] = path.rest
  if (head !== 'root' || (isObject(value) && Object.hasOwn(value, 'root'))) return path
  return withoutRoot({ ...path, rest }, value)
}
