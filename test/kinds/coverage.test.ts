import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Resource, Server } from '../../src/model.ts'
import { adaptToVersion } from '../../src/plan/version-compat.ts'
import { atLeast } from '../../src/version.ts'
import { newest, old, prefect2 } from '../servers/versions.ts'

/** The components of a version's OpenAPI document that scripts/fetch-openapi.ts kept. */
type Components = Readonly<Record<string, JsonObject>>

/** `source` is only read: its document has no models of requests. */
const [oldest, source] = [old, prefect2]
const documents: Readonly<Record<string, Components>> = {
  [newest]: read(newest),
  [oldest]: read(oldest),
  [source]: read(source),
}

function read(version: string): Components {
  const file = new URL(`../fixtures/openapi-${version}.json`, import.meta.url)
  const document = parseJson(readFileSync(file, 'utf8')) as JsonObject
  expect(document.prefect).toBe(version)
  return document.schemas as Components
}

/** A model as requests take it and as responses give it may be two components. */
function variants(components: Components, model: string): string[] {
  return [model, `${model}-Input`, `${model}-Output`].filter((name) => components[name] !== undefined)
}

function propertiesOf(components: Components, model: string): Map<string, Json> {
  const all = variants(components, model).map((name) => components[name]?.properties)
  return new Map(all.flatMap((properties) => (isObject(properties) ? Object.entries(properties) : [])))
}

function componentsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(componentsIn)
  if (!isObject(value)) return []
  const own = typeof value.$ref === 'string' ? [value.$ref.replace('#/components/schemas/', '')] : []
  return [...own.map((name) => name.replace(/-(Input|Output)$/, '')), ...Object.values(value).flatMap(componentsIn)]
}

function modelsOf({ coverage: { models } }: Kind): string[] {
  return [...models.create, ...models.update, ...models.read, ...(models.parts ?? []), ...(models.older ?? [])]
}

/** What the kind says of an API field: the name of what carries it, or why it is not carried. */
function classOf(
  { fields, refFields: slots, coverage }: Kind,
  field: string,
): 'carried' | 'key' | 'own' | 'ignored' | undefined {
  const name = coverage.mapped?.[field] ?? field
  if (name in fields) return 'carried'
  if (name in slots || (name === 'key' && field !== 'key')) return 'key'
  if (coverage.own.includes(field)) return 'own'
  return coverage.ignored && field in coverage.ignored ? 'ignored' : undefined
}

const cases = kinds.flatMap((kind) => Object.keys(documents).map((version) => ({ kind, name: kind.name, version })))

describe('every field of every model is classified', () => {
  test.each(cases)('$name on $version', ({ kind, version }) => {
    const components = documents[version] as Components
    const unclassed = modelsOf(kind).flatMap((model) =>
      [...propertiesOf(components, model).keys()]
        .filter((field) => classOf(kind, field) === undefined)
        .map((field) => `${kind.name}: ${model}.${field} is neither a field, a slot, carried, own nor ignored`),
    )
    expect(unclassed).toEqual([])
  })

  test.each(cases)('$name on $version: nested models of exported fields', ({ kind, version }) => {
    const components = documents[version] as Components
    const known = new Set([...modelsOf(kind), ...(kind.coverage.models.freeform ?? [])])
    const open = modelsOf(kind).flatMap((model) =>
      [...propertiesOf(components, model)].map(([field, schema]) => ({ field, schema, model })),
    )
    const unknown = open
      .filter(({ field }) => classOf(kind, field) === 'carried')
      .flatMap(({ field, schema, model }) =>
        reached(components, schema).map((name) => ({ name, at: `${model}.${field}` })),
      )
      .filter(({ name }) => propertiesOf(components, name).size > 0 && !known.has(name))
      .map(({ name, at }) => `${kind.name}: ${name}, in ${at}, is neither taken apart nor carried whole`)
    expect(unknown).toEqual([])
  })
})

/** All components that a schema leads to. */
function reached(components: Components, schema: Json): string[] {
  const found = new Set<string>()
  const open = componentsIn(schema)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    for (const variant of variants(components, name)) open.push(...componentsIn(components[variant] ?? null))
  }
  return [...found]
}

describe('a coverage lists only fields that a server has', () => {
  test.each(kinds.map((kind) => ({ kind, name: kind.name })))('$name', ({ kind }) => {
    const models = [...modelsOf(kind), ...(kind.coverage.models.freeform ?? [])]
    const missing = models.filter((model) =>
      Object.values(documents).every((components) => variants(components, model).length === 0),
    )
    expect(missing, 'models that neither version has').toEqual([])
    const fields = new Set(
      Object.values(documents).flatMap((components) =>
        modelsOf(kind).flatMap((model) => [...propertiesOf(components, model).keys()]),
      ),
    )
    const { mapped: carried = {}, own, ignored = {} } = kind.coverage
    const stale = [...Object.keys(carried), ...own, ...Object.keys(ignored)].filter((field) => !fields.has(field))
    expect(stale, 'entries that no model has').toEqual([])
    const carriers = new Set([...fields].filter((field) => !(field in carried)).concat(Object.values(carried)))
    const invented = [...Object.keys(kind.fields), ...Object.keys(kind.refFields)].filter((name) => !carriers.has(name))
    expect(invented, 'spec fields and slots that come from no field of the API').toEqual([])
    const nowhere = Object.values(carried).filter(
      (name) => name !== 'key' && !(name in kind.fields) && !(name in kind.refFields),
    )
    expect(nowhere, 'carriers that are no spec field, slot or key').toEqual([])
  })
})

/** A resource with one field, or a part of one. */
function holding(kind: Kind, spec: JsonObject, refs: Resource['refs'] = {}): Resource {
  return { kind: kind.name, key: 'a/b', refs, spec, secrets: {} }
}

describe('features of the newer version are reported before any write', () => {
  const older = { url: 'http://old.test/api', version: oldest }
  const newer = { url: 'http://new.test/api', version: newest }

  test.each(kinds.map((kind) => ({ kind, name: kind.name })))('$name', ({ kind }) => {
    const created = (components: Components | undefined) =>
      new Set(kind.coverage.models.create.flatMap((model) => [...propertiesOf(components ?? {}, model).keys()]))
    const before = created(documents[oldest])
    if (before.size === 0) return expect(kind.since, 'a kind that the older version has no model of').toBeDefined()
    const added = [...created(documents[newest])].filter(
      (field) => !before.has(field) && ['carried', 'key'].includes(classOf(kind, field) ?? ''),
    )
    for (const field of added) {
      const name = kind.coverage.mapped?.[field] ?? field
      expect((kind.fields[name] ?? kind.refFields[name])?.since, `${kind.name}: ${name}`).toBeDefined()
    }
    const carried = new Set([...before].map((field) => kind.coverage.mapped?.[field] ?? field))
    for (const [name, { since }] of Object.entries({ ...kind.fields, ...kind.refFields }))
      if (!atLeast(oldest, since))
        expect(carried.has(name), `${kind.name}: ${name} is in ${oldest} already`).toBe(false)
  })

  const automation = kinds.find(({ name }) => name === 'automation') as Kind
  const components = documents[newest] as Components
  const parts = automation.coverage.models.freeform?.filter((model) => model !== 'ResourceSpecification') ?? []
  const typeOf = (model: string) => {
    const type = propertiesOf(components, model).get('type')
    return isObject(type) ? String(type.const ?? type.default) : ''
  }

  test('every type of trigger and action has its name', () => {
    expect(parts.map(typeOf).filter((type) => !/^[a-z-]+$/.test(type))).toEqual([])
  })

  test.each(parts)('%s', (model) => {
    const type = typeOf(model)
    const field = model.endsWith('Trigger') ? 'trigger' : 'actions'
    const wrap = (part: JsonObject): JsonObject => (field === 'trigger' ? { trigger: part } : { actions: [part] })
    const had = propertiesOf(documents[oldest] as Components, model)
    const whole = adaptToVersion(automation, holding(automation, wrap({ type })), older, undefined)
    expect(whole.unsupported !== undefined, `${type} on ${oldest}`).toBe(had.size === 0)
    expect(
      adaptToVersion(automation, holding(automation, wrap({ type })), newer, undefined).unsupported,
    ).toBeUndefined()
    for (const name of had.size === 0 ? [] : propertiesOf(components, model).keys()) {
      const { issues } = adaptToVersion(automation, holding(automation, wrap({ type, [name]: 1 })), older, undefined)
      expect(
        issues.some(({ code }) => code === 'downgraded'),
        `${type}.${name}`,
      ).toBe(!had.has(name))
    }
  })

  test('grace_period_seconds of a deployment', () => {
    const deployment = kinds.find(({ name }) => name === 'deployment') as Kind
    const has = (version: string) =>
      propertiesOf(documents[version] as Components, 'ConcurrencyOptions').has('grace_period_seconds')
    const options = { collision_strategy: 'ENQUEUE', grace_period_seconds: 60 }
    const adapted = (server: Server) =>
      adaptToVersion(deployment, holding(deployment, { concurrency_options: options }), server, undefined)
    expect([has(oldest), has(newest)]).toEqual([false, true])
    expect(adapted(newer)).toMatchObject({ issues: [], resource: { spec: { concurrency_options: options } } })
    expect(adapted(older)).toMatchObject({
      issues: [{ code: 'downgraded' }],
      resource: { spec: { concurrency_options: { collision_strategy: 'ENQUEUE' } } },
    })
  })
})
