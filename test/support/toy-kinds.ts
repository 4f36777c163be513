import { isObject, type Json, type JsonObject } from '../../src/json.ts'
import type { Created, Kind, ResolvedResource, Write } from '../../src/kind.ts'
import type { Id, Ref, Resource, Server, Snapshot } from '../../src/model.ts'
import { byRef, refOf } from '../../src/ref.ts'

export const server: Server = { url: 'http://one.test/api', version: '3.8.8' }

type Toy = Pick<Kind, 'name' | 'refFields' | 'fields'> & Partial<Kind>

/** A kind of the fake system: an object has its fields and the IDs of its ref fields under their names. */
function toy({ name, refFields, fields, ...more }: Toy): Kind {
  const bodyOf = ({ resource, ids, spec }: ResolvedResource): JsonObject => ({ name: resource.key, ...ids, ...spec })
  return {
    name,
    doc: `Toy ${name}.`,
    keyDoc: 'any text',
    refFields: refFields,
    fields,
    coverage: { models: { create: [], update: [], read: [] }, own: [] },
    list: async (reader, _, wanted) =>
      (await reader.query(`/${name}/filter`, wanted ? { names: [...wanted] } : {})) as readonly JsonObject[],
    key: (raw) => String(raw.name),
    encode: (raw, names) => ({
      refs: Object.fromEntries(Object.keys(refFields).map((refField) => [refField, names.refOf(raw[refField])])),
      spec: Object.fromEntries(Object.keys(fields).map((field) => [field, raw[field]])),
    }),
    create: async ({ api }, after): Promise<Created> => {
      const { body } = await api.send('POST', `/${name}/`, bodyOf(after))
      return { id: String(isObject(body) ? body.id : '') as Id }
    },
    update: async ({ api }: Write, before, after, changed) => {
      const all = bodyOf(after)
      const body: Record<string, Json> = {}
      for (const { pointer } of changed) {
        const field = pointer.split('/')[2] ?? ''
        body[field] = all[field] ?? fields[field]?.default ?? null
      }
      await api.send('PATCH', `/${name}/${before.id}`, body)
    },
    remove: async ({ api }, before) => void (await api.send('DELETE', `/${name}/${before.id}`)),
    find: async (reader, { resource }) => {
      const found = (await reader.query(`/${name}/filter`, { names: [resource.key] })) as readonly JsonObject[]
      return found[0] && (String(found[0].id) as Id)
    },
    ...more,
  }
}

/** No references; has a field of every type. */
export const a = toy({
  name: 'a',
  refFields: {},
  idKeys: ['a_id', 'a_ids'],
  mentions: {
    template: { word: 'toys', key: (path) => path.join('/') },
    keys: { toy: ({ toy }) => (typeof toy === 'string' ? toy : undefined) },
  },
  fields: {
    text: { schema: { type: 'string' }, doc: 'Text.', default: '' },
    count: { schema: { type: 'integer' }, doc: 'A whole number.', default: 0 },
    tags: { schema: { type: 'array', items: { type: 'string' } }, doc: 'Tags.', default: [] },
    any: { schema: {}, doc: 'Any JSON.', default: null },
    paused: { schema: { type: 'boolean' }, doc: 'Off.', operational: true },
    color: { schema: { enum: ['red', 'green'] }, doc: 'A color.', fixed: 'the paint is dry' },
    modern: { schema: { type: 'string' }, doc: 'New.', since: '3.5.0' },
  },
})

/** Belongs to an `a`; `later` can be set after a create, `link` cannot. */
export const b = toy({
  name: 'b',
  refFields: { a: { kinds: ['a'], doc: 'its a', required: true, fixed: 'it stays where it is' } },
  fields: {
    link: { schema: {}, doc: 'Free.', freeform: true },
    later: { schema: {}, doc: 'Free, and not needed at once.', freeform: true, deferrable: true },
    count: { schema: { type: 'integer' }, doc: 'A whole number.', default: 0 },
  },
})

/** May refer to anything, including itself. */
export const c = toy({
  name: 'c',
  refFields: {
    to: { kinds: ['a', 'b', 'c'], doc: 'anything' },
    also: { kinds: ['c'], doc: 'another', since: '3.6.0' },
  },
  fields: {
    link: { schema: {}, doc: 'Free.', freeform: true },
    later: { schema: {}, doc: 'Free, and not needed at once.', freeform: true, deferrable: true },
    soon: { schema: {}, doc: 'Free, and not needed at once.', freeform: true, deferrable: true },
    data: { schema: { type: 'object' }, doc: 'May hold secrets.', default: {} },
  },
})

export const toyKinds: readonly Kind[] = [a, b, c]

/** Shorthand for a resource: `resource('b/x', { refs: { a: 'a/y' }, spec: { count: 1 } })`. */
export function resource(ref: Ref, parts: Partial<Pick<Resource, 'refs' | 'spec' | 'secrets'>> = {}): Resource {
  const slash = ref.indexOf('/')
  return { kind: ref.slice(0, slash), key: ref.slice(slash + 1), refs: {}, spec: {}, secrets: {}, ...parts }
}

/** A snapshot of these resources, sorted like a parsed one. */
export function snapshot(...resources: readonly Resource[]): Snapshot {
  const rank = (kind: string) => toyKinds.findIndex(({ name }) => name === kind)
  const sorted = [...resources].sort((x, y) => rank(x.kind) - rank(y.kind) || byRef(refOf(x), refOf(y)))
  return { version: 1, scope: { include: ['**'], exclude: [], incomplete: [] }, moved: [], resources: sorted }
}
