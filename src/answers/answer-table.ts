import { isExact } from '../json/number.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { type KnownFields, knownFields, type UnknownField, unknownFieldsIn } from '../kind/known-fields.ts'
import type { Answer, Kind } from '../kind.ts'
import type { AnswerCheck } from '../model.ts'
import { checkOfAnswer } from '../snapshot/validators.ts'
import { faultWords } from './answer-words.ts'

/** Fields that objects of a kind have and that this version of the tool does not know, each with its number of objects. */
export interface UnknownFields {
  readonly kind: string
  readonly fields: Readonly<Record<string, number>>
  /** Those of them that are carried unchanged. */
  readonly carried: readonly string[]
}

/** The shapes of all answers that a table of kinds needs. */
export interface AnswerTable extends AnswerCheck {
  /** The unknown fields in the objects that were checked since the last call. */
  unknownFields(): readonly UnknownFields[]
  /**
   * The unknown fields of an object that are not null and not carried, with the values that it had when it was checked last; for
   * a kind whose objects have no ID, under its name.
   */
  unknownIn(id: string): readonly UnknownField[]
}

interface Route {
  readonly segments: readonly string[]
  readonly answer: Answer
  readonly kind: Kind
  readonly known: KnownFields
}

/** The unknown fields that were found. */
interface Found {
  /** By kind: the number of objects of each field, and whether it is carried. */
  readonly counts: Map<string, Map<string, { count: number; readonly isCarried: boolean }>>
  readonly values: Map<string, readonly UnknownField[]>
}

/** The most names of unknown fields to count of a kind. */
const mostNames = 100

/** Far more levels than any server can write: the JSON of Python ends at about a thousand. */
const mostLevels = 1000

/** Makes the table. Schemas are compiled, or loaded, for the first answer that needs them. */
export function answerTable(kinds: readonly Kind[]): AnswerTable {
  const routes = routesOf(kinds)
  const found: Found = { counts: new Map(), values: new Map() }
  const routeOf = (method: string, path: string) => {
    const [plain = ''] = path.split('?')
    const segments = plain.split('/')
    return routes.get(`${method} ${segments.length}`)?.find((route) => isOn(route, segments))
  }
  return {
    knows: (method, path) => routeOf(method, path) !== undefined,
    fault(method, path, body) {
      const route = routeOf(method, path)
      if (!route) return undefined
      const fault = faultOf(route.answer.schema, body)
      if (fault === undefined && route.answer.ofKind) noteUnknown(found, route, Array.isArray(body) ? body : [body])
      return fault
    },
    unknownFields() {
      const all = [...found.counts].map(([kind, fields]) => ({
        kind,
        fields: Object.fromEntries([...fields].map(([name, { count }]) => [name, count])),
        carried: [...fields].flatMap(([name, { isCarried }]) => (isCarried ? [name] : [])),
      }))
      found.counts.clear()
      return all
    },
    unknownIn: (id) => found.values.get(id) ?? [],
  }
}

function routesOf(kinds: readonly Kind[]): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>()
  for (const kind of kinds) {
    const known = knownFields(kind)
    for (const answer of kind.answers ?? []) {
      const [methods = '', path = ''] = answer.to.split(' ')
      const segments = path.split('/')
      for (const method of methods.split('|')) {
        const key = `${method} ${segments.length}`
        routes.set(key, [...(routes.get(key) ?? []), { segments, answer, kind, known }])
      }
    }
  }
  return routes
}

function isOn({ segments }: Route, path: readonly string[]): boolean {
  return segments.every((segment, index) => segment === '*' || segment === path[index])
}

function faultOf(schema: JsonObject, body: Json): string | undefined {
  const seen = { exact: false }
  if (isDeeper(body, mostLevels, seen)) return `is nested deeper than ${mostLevels} levels`
  const check = checkOfAnswer(schema)
  if (!check(seen.exact ? withoutExact(body) : body)) return faultWords(check.errors?.[0], body)
  const twice = Array.isArray(body) ? repeatedId(body) : undefined
  return twice === undefined ? undefined : 'has two objects with the same ID'
}

/** Whether a value has more levels; notes numbers that are objects, which schemas would take for such. */
function isDeeper(value: Json, levels: number, seen: { exact: boolean }): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isExact(value)) {
    seen.exact = true
    return false
  }
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, levels - 1, seen))
  for (const key in value) if (isDeeper((value as JsonObject)[key] as Json, levels - 1, seen)) return true
  return false
}

/** Schemas look at the values of numbers only, and whole ones are written without a point. */
function withoutExact(value: Json): Json {
  if (isExact(value)) return /^-?\d+$/.test(value.value) ? Number(value.value) : Number(value.value) + 0.5
  if (Array.isArray(value)) return value.map(withoutExact)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutExact(item)]))
}

/** An ID that two objects of a page have: they cannot be told apart. */
function repeatedId(rows: readonly Json[]): string | undefined {
  const ids = new Set<string>()
  for (const row of rows) {
    const id = isObject(row) ? row.id : undefined
    if (typeof id !== 'string') continue
    if (ids.has(id)) return id
    ids.add(id)
  }
  return undefined
}

function noteUnknown({ counts, values }: Found, { kind, known }: Route, rows: readonly Json[]): void {
  for (const row of rows) {
    if (!isObject(row)) continue
    const fields = [...unknownFieldsIn(known, row)]
    const id = typeof row.id === 'string' ? row.id : kind.name
    const set = fields.filter(({ value, carried }) => value !== null && !carried)
    if (set.length > 0) values.set(id, set.slice(0, mostNames))
    else values.delete(id)
    const names = new Map(fields.map(({ path, carried = false }) => [path, carried]))
    for (const [path, isCarried] of names) {
      const ofKind = counts.get(kind.name) ?? new Map()
      if (ofKind.size === mostNames && !ofKind.has(path)) continue
      const count = (ofKind.get(path)?.count ?? 0) + 1
      counts.set(kind.name, ofKind.set(path, { count, isCarried }))
    }
  }
}
