import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/json.ts'
import type { Kind } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Resource } from '../../src/model.ts'
import { adaptToVersion } from '../../src/plan/version-compat.ts'
import { firstWith, modelsIn, namesOn, newest, oldest, releaseBefore } from '../support/api-history.ts'

/*
 * The kinds are compared with the API of every release of Prefect 3, and of the last one of Prefect 2, which is only read:
 * test/fixtures/api-history.json, which CONTRIBUTING.md says how to make.
 */
const isModel = (name: string) => namesOn('models').includes(name)
// The API of Prefect Cloud has no document: test/cloud holds its kinds and fields on a stand-in.
const named = kinds.filter(({ only }) => only !== 'cloud').map((kind) => ({ kind, name: kind.name }))
const ownOfCloud = new Set(['version_id'])

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

/** The fields of requests of Prefect 2, to which nothing is written. */
function isOfOldRequest({ coverage: { models } }: Kind, model: string, field: string): boolean {
  return [...models.create, ...models.update].includes(model) && firstWith(model, field) === undefined
}

describe('every field of every model is classified', () => {
  test.each(named)('$name', ({ kind }) => {
    const unclassed = modelsOf(kind).flatMap((model) =>
      namesOn(model)
        .filter((field) => !isText(field) && classOf(kind, field) === undefined && !isOfOldRequest(kind, model, field))
        .map((field) => `${kind.name}: ${model}.${field} is neither a field, a slot, carried, own nor ignored`),
    )
    expect(unclassed).toEqual([])
  })

  test.each(named)('$name: nested models of exported fields', ({ kind }) => {
    const known = new Set([...modelsOf(kind), ...(kind.coverage.models.freeform ?? [])])
    const unknown = modelsOf(kind).flatMap((model) =>
      namesOn(model)
        .filter((field) => classOf(kind, field) === 'carried')
        .flatMap((field) => modelsIn(model, field).map((name) => ({ name, at: `${model}.${field}` })))
        .filter(({ name }) => namesOn(name).some((field) => !isText(field)) && !known.has(name))
        .map(({ name, at }) => `${kind.name}: ${name}, in ${at}, is neither taken apart nor carried whole`),
    )
    expect(unknown).toEqual([])
  })
})

/** Whether a name in a group is a value of an enumeration, and not a field. */
function isText(name: string): boolean {
  return name.startsWith('"')
}

describe('a coverage lists only fields that a server has', () => {
  test.each(named)('$name', ({ kind }) => {
    const models = [...modelsOf(kind), ...(kind.coverage.models.freeform ?? [])]
    expect(
      models.filter((model) => !isModel(model)),
      'models that no version has',
    ).toEqual([])
    const fields = new Set(modelsOf(kind).flatMap((model) => namesOn(model)))
    const { mapped: carried = {}, own, ignored = {} } = kind.coverage
    const stale = [...Object.keys(carried), ...own, ...Object.keys(ignored)].filter(
      (field) => !fields.has(field) && !ownOfCloud.has(field),
    )
    expect(stale, 'entries that no model has').toEqual([])
    const carriers = new Set([...fields].filter((field) => !(field in carried)).concat(Object.values(carried)))
    const names = [...Object.keys(kind.fields), ...Object.keys(kind.refFields)]
    const invented = names.filter((name) => !carriers.has(name) && kind.fields[name]?.only !== 'cloud')
    expect(invented, 'spec fields and slots that come from no field of the API').toEqual([])
    const nowhere = Object.values(carried).filter(
      (name) => name !== 'key' && !(name in kind.fields) && !(name in kind.refFields),
    )
    expect(nowhere, 'carriers that are no spec field, slot or key').toEqual([])
  })
})

/** The release before the one that brought something; undefined if the first release of Prefect 3 has it. */
function tooOld(since: string | undefined): string | undefined {
  return since === undefined || since === oldest ? undefined : releaseBefore(since)
}

describe('`since` is the first release with a field', () => {
  test.each(named)('$name', ({ kind }) => {
    const { create, parts = [] } = kind.coverage.models
    const [first] = create.map((model) => firstWith('models', model))
    expect(kind.since, `${kind.name} itself`).toBe(first === oldest ? undefined : first)
    if (kind.since !== undefined) return
    const everywhere = Object.entries(kind.fields).filter(([, { only }]) => only !== 'cloud')
    for (const [name, { since }] of [...everywhere, ...Object.entries(kind.refFields)]) {
      const carriers = [...create, ...parts].flatMap((model) =>
        namesOn(model)
          .filter((field) => (kind.coverage.mapped?.[field] ?? field) === name)
          .flatMap((field) => ({ field, first: firstWith(model, field) ?? oldest })),
      )
      // What no request of a create takes is set by a request of its own.
      if (carriers.length === 0) continue
      const own = carriers.filter(({ field }) => field === name)
      const firsts = new Set((own.length > 0 ? own : carriers).map(({ first }) => first))
      expect([...firsts], `${kind.name}: ${name}`).toContain(since ?? oldest)
    }
  })
})

/** A resource with one field, or a part of one. */
function holding(kind: Kind, spec: JsonObject, refs: Resource['refs'] = {}): Resource {
  return { kind: kind.name, key: 'a/b', refs, spec, secrets: {} }
}

function kindNamed(name: string): Kind {
  return kinds.find((kind) => kind.name === name) as Kind
}

/** What a plan for a server says of a resource: what it leaves out, or that it cannot have the resource. */
function adapted(kind: Kind, spec: JsonObject, version: string): { readonly named: boolean; readonly whole: boolean } {
  const server = { url: 'http://old.test/api', version }
  const { issues, unsupported } = adaptToVersion(kind, holding(kind, spec), server, undefined)
  const isOf = (reason: string) => /Prefect has|it from/.test(reason)
  return {
    named: (unsupported !== undefined && isOf(unsupported.reason)) || issues.some(({ code }) => code === 'downgraded'),
    whole: unsupported !== undefined && isOf(unsupported.reason),
  }
}

describe('a part that a release lacks is named before any write, and only there', () => {
  const automation = kindNamed('automation')
  const parts = automation.coverage.models.freeform?.filter((model) => model !== 'ResourceSpecification') ?? []
  const typeOf = (model: string) => namesOn(`${model}.type`).map((text) => JSON.parse(text) as string)[0] ?? ''
  const wrap = (model: string, part: JsonObject): JsonObject =>
    model.endsWith('Trigger') ? { trigger: part } : { actions: [part] }

  test('every type of trigger and action has its name', () => {
    expect(parts.map(typeOf).filter((type) => !/^[a-z-]+$/.test(type))).toEqual([])
  })

  test.each(parts)('%s', (model) => {
    const type = typeOf(model)
    const says = (part: JsonObject, version: string) => adapted(automation, wrap(model, { type, ...part }), version)
    const since = firstWith('models', model) ?? newest
    const old = tooOld(since)
    expect(says({}, since).named, `${type} on ${since}`).toBe(false)
    if (old !== undefined) expect(says({}, old).whole, `${type} on ${old}`).toBe(true)
    for (const field of namesOn(model)) {
      if (field === 'type' || isText(field)) continue
      const first = firstWith(model, field) ?? newest
      const before = tooOld(first)
      expect(says({ [field]: 1 }, first).named, `${type}.${field} on ${first}`).toBe(false)
      if (before !== undefined) expect(says({ [field]: 1 }, before).named, `${type}.${field} on ${before}`).toBe(true)
      const lists = firstWith(`${model}.${field}`, 'list')
      const beforeLists = tooOld(lists)
      if (lists === undefined || beforeLists === undefined) continue
      expect(says({ [field]: [{}] }, lists).named, `a list in ${type}.${field} on ${lists}`).toBe(false)
      expect(says({ [field]: [{}] }, beforeLists).whole, `a list in ${type}.${field} on ${beforeLists}`).toBe(true)
    }
  })

  const values: Readonly<Record<string, Json>> = { slug: 'a', parameters: { a: 1 }, collision_strategy: 'ENQUEUE' }
  const nested = [
    { model: 'ConcurrencyOptions', spec: (part: JsonObject) => ({ concurrency_options: part }) },
    {
      model: 'DeploymentScheduleCreate',
      spec: (part: JsonObject) => ({ schedules: [{ cron: '0 6 * * *', active: true, ...part }] }),
    },
    { model: 'CronSchedule', spec: (part: JsonObject) => ({ schedules: [{ active: true, ...part }] }) },
    { model: 'IntervalSchedule', spec: (part: JsonObject) => ({ schedules: [{ active: true, ...part }] }) },
    { model: 'RRuleSchedule', spec: (part: JsonObject) => ({ schedules: [{ active: true, ...part }] }) },
  ]

  test.each(nested)('$model of a deployment', ({ model, spec }) => {
    const deployment = kindNamed('deployment')
    for (const field of namesOn(model)) {
      const since = firstWith(model, field)
      const old = tooOld(since)
      if (since === undefined || old === undefined || classOf(deployment, field) !== 'carried') continue
      const part = spec({ [field]: values[field] ?? 60 })
      expect(adapted(deployment, part, since).named, `${field} on ${since}`).toBe(false)
      expect(adapted(deployment, part, old).named, `${field} on ${old}`).toBe(true)
    }
  })
})
