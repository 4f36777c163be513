import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Id, Server } from '../model.ts'
import { atLeast } from '../version.ts'

/**
 * Builds a path of the API; each value is encoded as one segment. Names may contain `#`, `?`, spaces and any letter
 * (Prefect bans only `/ % & > <`, `prefect/types/names.py`).
 */
export function at(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? '') + part)
}

export function idOf(raw: JsonObject): Id {
  return text(raw, 'id') as Id
}

/** The string in a field, or '' if it is not a string. */
export function text(raw: JsonObject, field: string): string {
  const value = raw[field]
  return typeof value === 'string' ? value : ''
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

export function objects(value: Json | undefined): JsonObject[] {
  return list(value).filter(isObject)
}

/** A response body as an object. */
export function answer(body: Json): JsonObject {
  return object(body)
}

/** The HTTP status of an error; undefined if it has none. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

/** The message of the server in an error; undefined if it has none. */
export function detailOf(error: unknown): string | undefined {
  return error instanceof Error && 'detail' in error ? String(error.detail) : undefined
}

/** Whether the failed request may have been executed. */
export function isAmbiguous(error: unknown): boolean {
  return error instanceof Error && 'ambiguous' in error && error.ambiguous === true
}

/**
 * The values of spec fields for a request, without those that the server's version does not have: a server refuses unknown
 * fields (422), even empty ones.
 */
export function knownFields(
  { fields }: Pick<Kind, 'fields'>,
  { version }: Server,
  values: Readonly<Record<string, Json>>,
): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => atLeast(version, fields[name]?.since)))
}

/** The names of the spec and ref fields that differ. */
export function namesOf(fields: readonly { readonly pointer: string }[]): ReadonlySet<string> {
  return new Set(fields.map(({ pointer }) => pointer.split('/')[2] ?? ''))
}
