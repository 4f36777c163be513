import { isNumber, isObject, type Json, type JsonObject, sameJson } from '../json.ts'
import { type KnownFields, knownFields, type UnknownField } from '../kind/known-fields.ts'
import type { Kind } from '../kind.ts'
import { listAt } from '../list-at.ts'
import { type ApiDocument, enumIn, modelsIn, objectAt } from './api-document.ts'

/** What a server has and the table of kinds does not know. */
export interface Gaps {
  /** Fields, such as `deployment.schedules.jitter`, with the schemas of their models; of none if only answers show them. */
  readonly fields: ReadonlyMap<string, readonly FieldSchema[]>
  /** Forms of a field: `automation.trigger weather`. */
  readonly forms: ReadonlySet<string>
  /** Values of a field: `deployment.concurrency_options.collision_strategy REPLACE`. */
  readonly values: ReadonlySet<string>
  /** Routes that list objects of no kind. */
  readonly kinds: ReadonlySet<string>
}

interface FieldSchema {
  readonly schema: JsonObject
  /** Whether requests take it. */
  readonly isWritten: boolean
}

/** Compares what a server says of its API with the table of kinds. */
export function gapsOf(document: ApiDocument, kinds: readonly Kind[]): Gaps {
  const found = { fields: new Map<string, FieldSchema[]>(), forms: new Set<string>(), values: new Set<string>() }
  for (const kind of kinds) {
    const { create, update, read, older = [] } = kind.coverage.models
    const at: Walk = { document, kind, known: knownFields(kind), models: modelsOf(kind), found, seen: new Set() }
    for (const model of [...read, ...older]) walk(at, model, placeOf(kind, model), false)
    for (const model of [...create, ...update]) walk(at, model, placeOf(kind, model), true)
  }
  return { ...found, kinds: new Set(document.lists.filter((path) => !isKnownList(path, kinds))) }
}

interface Walk {
  readonly document: ApiDocument
  readonly kind: Kind
  readonly known: KnownFields
  readonly models: ReadonlySet<string>
  readonly found: {
    readonly fields: Map<string, FieldSchema[]>
    readonly forms: Set<string>
    readonly values: Set<string>
  }
  /** Models that were compared, each with its path. */
  readonly seen: Set<string>
}

function modelsOf({ coverage: { models } }: Kind): ReadonlySet<string> {
  return new Set(Object.values(models).flat())
}

/** Compares the properties of a model at a path. */
function walk(at: Walk, model: string, path: string, isWritten: boolean): void {
  const { document, kind, known, found, seen } = at
  const names = path === '' ? known.own : known.nested.get(path)?.names
  const step = `${model} ${path} ${isWritten}`
  if (!names || seen.has(step)) return
  seen.add(step)
  for (const variant of document.variants(model))
    for (const [name, schema] of Object.entries(objectAt(variant, 'properties'))) {
      const below = path === '' ? name : `${path}.${name}`
      if (names.has(name)) compareKnown(at, below, schema, isWritten)
      else if (isObject(schema)) listAt(found.fields, `${kind.name}.${below}`).push({ schema, isWritten })
    }
}

/** The path of the object that a model describes; empty for the kind itself. */
function placeOf({ coverage: { nested = {} } }: Kind, model: string): string {
  return Object.keys(nested).find((path) => nested[path]?.models?.includes(model)) ?? ''
}

/** Looks into a field that the kind knows: its values, and the models of what is inside. */
function compareKnown(at: Walk, path: string, schema: Json, isWritten: boolean): void {
  const { document, kind, known, models, found } = at
  const values = kind.coverage.values?.[path]
  if (values)
    for (const value of enumIn(document, schema))
      if (!values.includes(value)) found.values.add(`${kind.name}.${path} ${value}`)
  const isNested = known.nested.has(path)
  if (!isNested && (path.includes('.') || !isCarried(kind, path))) return
  for (const model of isNested ? modelsIn(schema) : reached(document, schema)) {
    if (models.has(model)) {
      if (isNested) walk(at, model, path, isWritten)
    } else if (hasProperties(document, model)) found.forms.add(`${kind.name}.${path} ${formOf(document, model)}`)
  }
}

function isCarried({ fields, coverage }: Kind, name: string): boolean {
  return (coverage.mapped?.[name] ?? name) in fields
}

function hasProperties(document: ApiDocument, model: string): boolean {
  return document.variants(model).some((variant) => Object.keys(objectAt(variant, 'properties')).length > 0)
}

/** All models that a schema leads to. */
function reached(document: ApiDocument, schema: Json): ReadonlySet<string> {
  const found = new Set<string>()
  const open = modelsIn(schema)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    for (const variant of document.variants(name))
      for (const property of Object.values(objectAt(variant, 'properties'))) open.push(...modelsIn(property))
  }
  return found
}

/** The name of a form: its `type`, as the value shows it, or that of its model. */
function formOf(document: ApiDocument, model: string): string {
  const [type] = document.variants(model).map((variant) => objectAt(objectAt(variant, 'properties'), 'type'))
  const [value = type?.default] = enumIn(document, type)
  return typeof value === 'string' ? value : model
}

function isKnownList(path: string, kinds: readonly Kind[]): boolean {
  return kinds.some(
    ({ answers = [], coverage: { otherLists = {} } }) =>
      Object.hasOwn(otherLists, path) || answers.some(({ to }) => to.split(' ')[1] === path),
  )
}

const empty: readonly Json[] = [null, false, 0, '']
const serverForms = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d.*)$/i

/**
 * Whether an unknown field of a resource has a value that somebody set: no default by the server's document, or, without
 * one, nothing that looks like none. IDs and times that no request takes are the server's own.
 */
export function isSet(kind: string, { path, value }: UnknownField, { fields }: Gaps): boolean {
  const schemas = fields.get(`${kind}.${path}`) ?? []
  const isEmpty = Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
  if (value === null || isEmpty) return false
  if (schemas.some(({ schema }) => schema.default !== undefined && sameJson(schema.default, value))) return false
  if (typeof value === 'string' && serverForms.test(value) && !schemas.some(({ isWritten }) => isWritten)) return false
  if (schemas.length > 0) return true
  return !empty.includes(isNumber(value) ? Number(value) : value)
}
