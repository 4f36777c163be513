import { describe, expect, test } from 'vitest'
import { isObject, type Json } from '../../src/json.ts'
import type { Kind, ResolvedResource, Write } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/all.ts'
import type { Api, FieldChange, Id, LiveResource, Resource } from '../../src/model.ts'
import { adaptToVersion } from '../../src/plan/version-compat.ts'
import { refOf } from '../../src/ref.ts'
import { namesOn, releases } from '../support/api-history.ts'
import { kindOf, readRecorded, versions } from './recorded.ts'

interface Sent {
  readonly method: string
  readonly path: string
  readonly body: Json | undefined
}

/** A server that accepts everything, and notes the writes. */
function recorder(): { readonly api: Api; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const made = { id: 'id-1', default_queue_id: 'id-2' }
  return {
    sent,
    api: {
      url: 'http://old.test/api',
      get: async (path) => (path.endsWith('/schedules') ? [] : made),
      query: async () => [],
      send: async (method, path, body) => {
        sent.push({ method, path, body })
        return { status: 201, body: path.endsWith('/schedules') ? [made] : made }
      },
    },
  }
}

function resolved(kind: Kind, resource: Resource): ResolvedResource {
  const ids = Object.fromEntries(Object.keys(resource.refs).map((name) => [name, `id-of-${name}` as Id]))
  const spec = Object.fromEntries(
    Object.entries(kind.fields).flatMap(([name, field]) => {
      const value = resource.spec[name] ?? field.default
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return { resource, without: [], refs: resource.refs, ids, spec }
}

/** What a request has that the release does not: the route, or fields at any depth. */
function unknownTo(release: string, { method, path, body }: Sent): string[] {
  const segments = path.split('/')
  const route = namesOn('requests', release).find((request) => {
    const [of, pattern = ''] = request.split(' ')
    const parts = pattern.split('/')
    return (
      of === method &&
      parts.length === segments.length &&
      parts.every((part, at) => part === '*' || part === segments[at])
    )
  })
  if (route === undefined) return [`${method} ${path}`]
  const [model] = namesOn(`${route} takes`, release)
  const bodies = Array.isArray(body) ? body : [body ?? null]
  return model === undefined ? [] : bodies.flatMap((one) => unknownIn(release, model, one, `${route} ${model}`))
}

function unknownIn(release: string, model: string, value: Json, at: string): string[] {
  if (!isObject(value)) return []
  const fields = namesOn(model, release)
  return Object.entries(value).flatMap(([name, item]) => {
    if (!fields.includes(name)) return [`${at}.${name}`]
    const forms = namesOn(`${model}.${name}`, release).filter((form) => namesOn(form, release).length > 0)
    if (forms.length === 0) return []
    return (Array.isArray(item) ? item : [item]).flatMap((one) => {
      const found = forms.map((form) => unknownIn(release, form, one, `${at}.${name}`))
      return found.some((faults) => faults.length === 0) ? [] : (found[0] ?? [])
    })
  })
}

/** Everything that a server of the newest recorded version has, as a server of another release can have it. */
async function resourcesFor(
  release: string,
): Promise<readonly { kind: Kind; before: LiveResource; after: Resource }[]> {
  const { resources } = await readRecorded(versions[0])
  return [...resources.values()].flatMap((before) => {
    const kind = kindOf(before.kind)
    const server = { url: 'http://old.test/api', version: release }
    const { resource, unsupported } = adaptToVersion(kind, before, server, undefined)
    return unsupported ? [] : [{ kind, before, after: resource }]
  })
}

/** A change of each field that can be changed. */
function changesOf({ fields, refFields }: Kind, { spec, refs }: Resource): FieldChange[] {
  const [ofSpec, ofRefs] = [
    Object.keys(spec).filter((name) => fields[name]?.fixed === undefined),
    Object.keys(refs).filter((name) => refFields[name]?.fixed === undefined),
  ]
  const pointers = [...ofSpec.map((name) => `/spec/${name}`), ...ofRefs.map((name) => `/refs/${name}`)]
  return pointers.map((pointer) => ({ pointer, before: null, after: null }) as FieldChange)
}

/** The first release with each content, and so one of each API that kinds write to. */
const apis = releases.filter((release, index) => textOf(release) !== textOf(releases[index - 1]))

function textOf(release: string | undefined): string {
  const groups = [...namesOn('requests').map((request) => `${request} takes`), ...namesOn('models')]
  return JSON.stringify(release === undefined ? [] : groups.map((group) => namesOn(group, release)))
}

describe.each(apis)('requests to a server of %s', (release) => {
  const writeTo = (api: Api): Write => ({ api, server: { url: api.url, version: release }, idOf: () => 'id' as Id })

  test('have no field and no route that it does not know', async () => {
    const faults = new Set<string>()
    const kindsSent = new Set<string>()
    for (const { kind, before, after } of await resourcesFor(release)) {
      const { api, sent } = recorder()
      const wanted = resolved(kind, after)
      await kind.create(writeTo(api), wanted)
      const changes = kind.immutable?.(before) ? [] : changesOf(kind, after)
      // One at a time, and all at once: some fields are changed by requests of their own.
      for (const fields of [...changes.map((change) => [change]), ...(changes.length > 1 ? [changes] : [])])
        await kind.update(writeTo(api), before, wanted, fields)
      for (const request of sent)
        for (const fault of unknownTo(release, request)) faults.add(`${refOf(after)}: ${fault}`)
      if (sent.length > 0) kindsSent.add(kind.name)
    }
    expect([...faults]).toEqual([])
    expect(kindsSent.size).toBeGreaterThan(10)
  })
})

test('every kind is written', async () => {
  const newest = await resourcesFor(releases.at(-1) as string)
  expect(new Set(newest.map(({ kind }) => kind.name)).size).toBe(kinds.filter(({ only }) => only !== 'cloud').length)
})
