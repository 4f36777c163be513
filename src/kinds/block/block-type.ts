import type { Json } from '../../json.ts'
import type { Kind, ResolvedResource } from '../../kind.ts'
import { keyOf } from '../../ref.ts'
import { createdBy, doneBy, foundBy, orNull, rowsFrom, rowWith } from '../answer-shapes.ts'
import { answer, at, idOf, namesOf, text } from '../endpoints.ts'
import { boolean, nullableString, string } from '../field-schemas.ts'
import { nameFault, nameRule, reservedNameRule } from '../name-rules.ts'
import { findOne, readNamed, readPages } from '../read-list.ts'
import { isStockType, packageOf } from './builtin-block-types.ts'

const path = '/block_types/filter'
const nameIsFixed = 'the name of a block type cannot be changed'

const typeRow = rowWith(
  {
    slug: string,
    name: string,
    description: nullableString,
    code_example: nullableString,
    logo_url: nullableString,
    documentation_url: nullableString,
    is_protected: orNull(boolean),
  },
  ['slug', 'name'],
)

/** A block type. `POST /block_types/`, keyed by slug. */
export const blockType: Kind = {
  name: 'block-type',
  cloudScope: 'blocks',
  doc: 'A type of block. Builtin types are exported only if a block uses them, and never changed.',
  keyDoc: 'the slug of the type',
  refusesDuplicates: true,
  keyRules: [nameRule('block-type')],
  refFields: {},
  fields: {
    name: {
      schema: string,
      doc: 'Display name.',
      fixed: nameIsFixed,
      rules: [reservedNameRule('prefect/server/api/block_types.py: create_block_type')],
    },
    description: { schema: nullableString, doc: 'Description.', default: null },
    code_example: { schema: nullableString, doc: 'Code example in Markdown.', default: null },
    logo_url: { schema: nullableString, doc: 'URL of the logo.', default: null },
    documentation_url: { schema: nullableString, doc: 'URL of the documentation.', default: null },
  },
  coverage: {
    models: { create: ['BlockTypeCreate'], update: ['BlockTypeUpdate'], read: ['BlockType'] },
    mapped: { slug: 'key' },
    own: ['id', 'created', 'updated', 'is_protected'],
  },
  answers: [
    rowsFrom(`POST ${path}`, typeRow),
    createdBy('POST /block_types/', { slug: string }),
    foundBy('GET /block_types/slug/*'),
    doneBy('PATCH|DELETE /block_types/*'),
  ],
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
    dropped:
      raw.is_protected === true && !isStockType(text(raw, 'slug'))
        ? [{ what: 'is_protected true', fix: 'Nothing to do: only types of Prefect itself are protected.' }]
        : [],
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
      return ['its schemas and blocks will be deleted, and also deployments whose code is stored in one of them']
    const name = change.action === 'create' && packageOf(change.ref.slice('block-type/'.length))
    return name
      ? [
          `it belongs to a package that is not registered on the server; afterwards, run prefect block register -m ${name}`,
        ]
      : []
  },
  async create({ api }, { resource, spec }) {
    const later = escapedOnCreate(spec)
    const body = Object.fromEntries(Object.entries(spec).filter(([name]) => !(name in later)))
    const raw = answer(
      (await api.send('POST', '/block_types/', { ...body, name: spec.name ?? resource.key, slug: resource.key })).body,
    )
    // The server looks up the new row by its name, which another type may have.
    const isOther = text(raw, 'slug') !== resource.key
    const id = idOf(isOther ? answer(await api.get(at`/block_types/slug/${resource.key}`)) : raw)
    if (Object.keys(later).length > 0) await api.send('PATCH', at`/block_types/${id}`, later)
    return { id }
  },
  async update({ api }, before, { spec }, fields) {
    const body = [...namesOf(fields)].map((name): [string, Json] => [name, spec[name] ?? null])
    await api.send('PATCH', at`/block_types/${before.id}`, Object.fromEntries(body))
  },
  async usedBy(reader, { key }) {
    const blocks = await readPages(reader, '/block_documents/filter', { block_types: { slug: { any_: [key] } } })
    return blocks.map((raw) => ({ id: idOf(raw), what: `block/${keyOf(key, text(raw, 'name'))}` }))
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/block_types/${before.id}`)
  },
  find: (reader, { resource: { key } }) =>
    findOne(reader, path, { block_types: { slug: { any_: [key] } } }, ({ slug }) => slug === key),
}

/** The texts that a create would change: servers escape `& < >` in these fields on creation, but not on update. */
function escapedOnCreate(spec: ResolvedResource['spec']): Record<string, Json> {
  const texts = ['description', 'code_example'].map((name): [string, Json] => [name, spec[name] ?? null])
  return Object.fromEntries(texts.filter(([, text]) => typeof text === 'string' && /[&<>]/.test(text)))
}
