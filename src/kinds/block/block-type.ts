import type { Json } from '../../json.ts'
import type { Kind, ResolvedResource } from '../../kind.ts'
import { answer, at, findOne, idOf, namesOf, readNamed, readPages, text } from '../endpoints.ts'
import { nullableString, string } from '../field-schemas.ts'
import { nameFault } from '../name-rules.ts'
import { isStockType, packageOf } from './builtin-block-types.ts'

const path = '/block_types/filter'
const nameIsFixed = 'the name of a block type cannot be changed'

/** A block type. `POST /block_types/`, keyed by slug. */
export const blockType: Kind = {
  name: 'block-type',
  doc: 'A type of block. Those that every server registers are carried only where a block needs them, and never rewritten.',
  keyDoc: 'the slug of the type',
  refFields: {},
  fields: {
    name: { schema: string, doc: 'For people.', fixed: nameIsFixed },
    description: { schema: nullableString, doc: 'For people.', default: null },
    code_example: { schema: nullableString, doc: 'How it is used; Markdown.', default: null },
    logo_url: { schema: nullableString, doc: 'URL of a picture.', default: null },
    documentation_url: { schema: nullableString, doc: 'URL of its documentation.', default: null },
  },
  coverage: {
    models: { create: ['BlockTypeCreate'], update: ['BlockTypeUpdate'], read: ['BlockType'] },
    carried: { slug: 'key' },
    own: ['id', 'created', 'updated', 'is_protected'],
  },
  list: (reader, _server, wanted) =>
    wanted
      ? readNamed(reader, path, [...wanted], (slugs) => ({ block_types: { slug: { any_: slugs } } }))
      : readPages(reader, path, {}),
  key: (raw) => text(raw, 'slug'),
  encode: (raw) => ({
    refs: {},
    spec: {
      name: raw.name,
      description: raw.description,
      code_example: raw.code_example,
      logo_url: raw.logo_url,
      documentation_url: raw.documentation_url,
    },
  }),
  builtin: ({ key }) => isStockType(key),
  immutable: ({ key }) => isStockType(key),
  incompatibilities({ key, spec }, _server, before) {
    const reserved = 'names that begin with "prefect" are reserved for Prefect itself'
    const fault = /^prefect/i.test(String(spec.name)) ? reserved : nameFault('block-type', key)
    return !before && fault ? [{ drops: 'resource', reason: fault }] : []
  },
  effects(change) {
    if (change.action === 'delete')
      return ['its schemas and blocks are deleted with it, and deployments whose code is stored in one of them']
    const name = change.action === 'create' && packageOf(change.ref.slice('block-type/'.length))
    return name
      ? [`it belongs to a package that the server has not registered; later: prefect block register -m ${name}`]
      : []
  },
  async create({ api }, { resource, spec }) {
    const later = escapedOnCreate(spec)
    const body = Object.fromEntries(Object.entries(spec).filter(([name]) => !(name in later)))
    const raw = answer(
      (await api.send('POST', '/block_types/', { ...body, name: spec.name ?? resource.key, slug: resource.key })).body,
    )
    // The server reads the new row back by its name, which another type may have too.
    const isOther = text(raw, 'slug') !== resource.key
    const id = idOf(isOther ? answer(await api.get(at`/block_types/slug/${resource.key}`)) : raw)
    if (Object.keys(later).length > 0) await api.send('PATCH', at`/block_types/${id}`, later)
    return { id }
  },
  async update({ api }, before, { spec }, fields) {
    const body = [...namesOf(fields)].map((name): [string, Json] => [name, spec[name] ?? null])
    await api.send('PATCH', at`/block_types/${before.id}`, Object.fromEntries(body))
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/block_types/${before.id}`)
  },
  find: (reader, { resource }) => findOne(reader, path, { block_types: { slug: { any_: [resource.key] } } }),
}

/** The texts that a create would change: servers escape `& < >` in these fields when a type is created, and not later. */
function escapedOnCreate(spec: ResolvedResource['spec']): Record<string, Json> {
  const texts = ['description', 'code_example'].map((name): [string, Json] => [name, spec[name] ?? null])
  return Object.fromEntries(texts.filter(([, text]) => typeof text === 'string' && /[&<>]/.test(text)))
}
