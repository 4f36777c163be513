import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readApiDocument } from '../../src/audit/api-document.ts'
import { gapsOf, isSet } from '../../src/audit/gaps.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/json.ts'
import { isKnownVersion, newestKnown } from '../../src/kind/known-version.ts'
import { kinds } from '../../src/kinds/all.ts'
import { auditServer, gapsIssue, withAnswers } from '../../src/operations/audit-server.ts'

const folder = new URL('../fixtures/', import.meta.url)
const versions = readdirSync(folder).flatMap((name) => /^openapi-(.*)\.json$/.exec(name)?.[1] ?? [])

/** The models of a version as a document, with these routes. */
function documentOf(version: string, paths: readonly string[] = ['/api/flows/filter']): JsonObject {
  const { schemas } = parseJson(readFileSync(new URL(`openapi-${version}.json`, folder), 'utf8')) as JsonObject
  return {
    components: { schemas: schemas ?? {} },
    paths: Object.fromEntries(paths.map((path) => [path, { post: {} }])),
  }
}

function gapsIn(document: JsonObject) {
  const read = readApiDocument(document)
  if (!read) throw new Error('no document')
  const { fields, forms, values, kinds: lists } = gapsOf(read, kinds)
  return { fields: [...fields.keys()], forms: [...forms], values: [...values], lists: [...lists] }
}

const none = { fields: [], forms: [], values: [], lists: [] }

test.each(versions)('a release that is known has no gap: %s', (version) => {
  expect(isKnownVersion(version)).toBe(true)
  expect(gapsIn(documentOf(version))).toEqual(none)
})

test('the newest known release is one of them', () => {
  expect(versions).toContain(newestKnown)
  expect(isKnownVersion('3.99.0')).toBe(false)
  // A build of something between two releases may have anything.
  expect(['0+unknown', '3.8.0rc1', '3.8.8.dev4', 'cloud', '1.4.0', '4.0.0'].filter(isKnownVersion)).toEqual([])
})

describe('a field that a model gets', () => {
  const rows = kinds.flatMap(({ name, coverage: { models } }) =>
    [...models.read, ...models.create, ...models.update].map((model) => ({ kind: name, model })),
  )
  test.each(rows)('is found: $kind, $model', ({ kind, model }) => {
    const document = withProperty(documentOf(newestKnown), model, 'brand_new', { type: 'string' })
    if (!document) return expect(readApiDocument(documentOf(newestKnown))?.variants(model)).toEqual([])
    const named = gapsIn(document).fields.filter((field) => field.startsWith(`${kind}.`))
    expect(named.some((field) => field.endsWith('.brand_new'))).toBe(true)
  })

  test.each(['timezone', 'slug', 'limit', 'grace_period_seconds'])(
    'is found where only objects inside have it: %s',
    (name) => {
      const document = withProperty(documentOf(newestKnown), 'DeploymentResponse', name, { type: 'string' })
      expect(gapsIn(document ?? {}).fields).toEqual([`deployment.${name}`])
    },
  )
})

/** The document with one more property of a model; undefined if it does not have the model. */
function withProperty(document: JsonObject, model: string, name: string, schema: JsonObject): JsonObject | undefined {
  const { schemas } = document.components as { readonly schemas: Record<string, JsonObject> }
  const found = [model, `${model}-Output`, `${model}-Input`].find((one) => schemas[one] !== undefined)
  if (found === undefined) return undefined
  const old = schemas[found] as JsonObject
  const properties: Json = { ...(isObject(old.properties) ? old.properties : {}), [name]: schema }
  return { ...document, components: { schemas: { ...schemas, [found]: { ...old, properties } } } }
}

test('a list that no kind reads is found, unless it is no configuration', () => {
  const lists = kinds.flatMap(({ coverage }) => Object.keys(coverage.otherLists ?? {}))
  expect(lists.length).toBeGreaterThan(5)
  const paths = lists.map((path) => `/api${path.replace('*', '{id}')}`)
  expect(gapsIn(documentOf(newestKnown, paths)).lists).toEqual([])
  expect(gapsIn(documentOf(newestKnown, ['/widgets/filter', '/widgets/{id}/parts/filter'])).lists).toEqual([
    '/widgets/filter',
    '/widgets/*/parts/filter',
  ])
})

test.each<[Json, JsonObject | undefined, boolean]>([
  [null, undefined, false],
  [[], { type: 'array' }, false],
  [{}, undefined, false],
  [0, undefined, false],
  [false, undefined, false],
  ['', undefined, false],
  [0, { type: 'integer' }, true],
  [false, { type: 'boolean', default: true }, true],
  [5, { type: 'integer', default: 5 }, false],
  ['on', undefined, true],
  ['3f2c1d7e-0c5b-4f0e-9a77-0d3f0a1b2c3d', undefined, false],
  ['2026-01-01T00:00:00Z', { type: 'string', format: 'date-time' }, false],
])('the value %j of a field with the schema %j: is somebody’s: %j', (value, schema, expected) => {
  const fields = new Map(schema ? [['flow.x', [{ schema, isWritten: false }]]] : [])
  const gaps = { fields, forms: new Set<string>(), values: new Set<string>(), kinds: new Set<string>() }
  expect(isSet('flow', { path: 'x', value }, gaps)).toBe(expected)
})

describe('a server', () => {
  const url = 'http://x.test/api'
  const client = (body: Json | undefined, echoes = () => false) => {
    const asked: string[] = []
    const tryGet = async (path: string) => {
      asked.push(path)
      return body
    }
    return { asked, echoes, tryGet }
  }

  test('that is known, or Cloud, is not asked; another one is asked for its document', async () => {
    const one = client(withProperty(documentOf(newestKnown), 'Flow', 'owner', {}))
    expect((await auditServer(one, { url, version: newestKnown }, kinds)).document).toBe('known')
    expect((await auditServer(one, { url, version: 'cloud' }, kinds)).document).toBe('none')
    expect(one.asked).toEqual([])
    const server = { url, version: '3.12.0' }
    const audited = await auditServer(one, server, kinds)
    expect(one.asked).toEqual(['/openapi.json'])
    expect(gapsIssue(server, audited, one)?.message).toBe(
      'Prefect 3.12.0 has 1 field that this version of prefect-snapshot does not know: flow.owner.',
    )
  })

  test.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['a list', []],
    ['an error', { detail: 'Not Found' }],
    ['models that are none', { components: { schemas: 5 }, paths: [] }],
    ['a model without properties', { components: { schemas: { Flow: { properties: null } } }, paths: { '/x': null } }],
    [
      'a model of itself',
      { components: { schemas: { Flow: { $ref: '#/components/schemas/Flow' } } }, paths: { a: 1 } },
    ],
  ])('that shows %s as its document gives no warning', async (what, body) => {
    const server = { url: `${url}/${what}`, version: '3.12.0' }
    expect(gapsIssue(server, await auditServer(client(body), server, kinds), client(body))).toBeUndefined()
  })

  test('that repeats its credentials as names gets them neither shown nor counted', async () => {
    const server = { url, version: 'cloud' }
    const audited = withAnswers(await auditServer(client(undefined), server, kinds), [
      { kind: 'flow', fields: { geheim: 1 }, carried: [] },
    ])
    expect(
      gapsIssue(
        server,
        audited,
        client(undefined, () => true),
      )?.message,
    ).not.toContain('geheim')
  })
})
