import { createHash } from 'node:crypto'
import { type Json, type JsonObject, type Pointer, withValue } from '../../json.ts'
import type { Created, Encoded, Kind, Names, ResolvedResource, Write } from '../../kind.ts'
import type { Id, Placeholder, Reader } from '../../model.ts'
import { keyOf, keyParts } from '../../ref.ts'
import { Secret } from '../../secret.ts'
import { isItem } from '../../spec.ts'
import { answer, at, findOne, idOf, object, readAll, readNamed, readPages, statusOf, text } from '../endpoints.ts'
import { anyObject, boolean } from '../field-schemas.ts'
import { nameFault } from '../name-rules.ts'
import { blockMentions } from './block-mentions.ts'
import { findBlockSecrets } from './block-secrets.ts'

const path = '/block_documents/filter'
/** Names are unique only within a type, so this is the only order without ties. */
const sort = 'BLOCK_TYPE_AND_NAME_ASC'
const namedOrAnonymous = { is_anonymous: null }
/** What a server returns instead of a secret (`utilities/names.py`). */
const mask = '********'

/** A block document. `POST /block_documents/`, keyed by type and name; anonymous blocks are keyed by their owner. */
export const block: Kind = {
  name: 'block',
  doc: 'A block: configuration and credentials that flows, deployments and other blocks use.',
  keyDoc: 'type slug/name, or type slug/(owner) for an anonymous block',
  refFields: {
    type: {
      kinds: ['block-type'],
      doc: 'The type of the block.',
      required: true,
      fixed: 'the type of a block cannot be changed',
    },
    schema: { kinds: ['block-schema'], doc: 'The schema of its data.', required: true },
  },
  fields: {
    data: {
      schema: anyObject,
      doc: 'The data of the block; a link to another block is {$ref: {block_document_id: <ref:block/…>}}.',
      default: {},
      freeform: true,
    },
    is_anonymous: {
      schema: boolean,
      doc: 'Whether it belongs to its owner and has no name.',
      default: false,
      fixed: 'a block cannot change between anonymous and named',
    },
  },
  idKeys: ['block_document_id', '$ref'],
  mentions: blockMentions,
  secretName: (key, pointer) => key + pointer.replace(/^\/data(?=\/)/, ''),
  coverage: {
    models: { create: ['BlockDocumentCreate'], update: ['BlockDocumentUpdate'], read: ['BlockDocument'] },
    carried: {
      name: 'key',
      block_schema_id: 'schema',
      block_schema: 'schema',
      block_type_id: 'type',
      block_type: 'type',
      block_type_name: 'type',
      block_document_references: 'data',
    },
    own: ['id', 'created', 'updated'],
    ignored: { merge_existing_data: 'an option of updates, not stored' },
  },
  async list(reader, _server, wanted) {
    if (wanted) return listWanted(reader, wanted)
    const body = { include_secrets: true, sort, block_documents: namedOrAnonymous }
    return readAll(reader, path, body, { path: '/block_documents/count', body: { block_documents: namedOrAnonymous } })
  },
  key: keyFor,
  encode,
  check: ({ key, refs }) => {
    const type = `block-type/${keyParts(key)[0]}`
    return refs.type && refs.type !== type
      ? [
          {
            code: 'invalid-key',
            pointer: '/key',
            message: `The key begins with ${keyParts(key)[0]}, but refs.type is ${refs.type}.`,
          },
        ]
      : []
  },
  incompatibilities({ key, spec }, _server, before) {
    const fault = before || spec.is_anonymous === true ? undefined : nameFault('block', keyParts(key)[1] ?? '')
    return fault ? [{ drops: 'resource', reason: fault }] : []
  },
  effects: (change) => (change.action === 'delete' ? ['deployments whose code is stored with it will be deleted'] : []),
  async create(write, after) {
    const [, name = ''] = keyParts(after.resource.key)
    return after.spec.is_anonymous === true
      ? createAnonymous(write, after)
      : { id: await post(write, after, { name, is_anonymous: false }) }
  },
  async update({ api }, before, after) {
    // With merging, the server would drop links that are not sent again, and keep removed keys.
    await api.send('PATCH', at`/block_documents/${before.id}`, { ...bodyOf(after), merge_existing_data: false })
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/block_documents/${before.id}`)
  },
  async find(reader, { resource }) {
    const [slug = '', name = ''] = keyParts(resource.key)
    if (resource.spec.is_anonymous === true) return undefined
    return findOne(reader, path, {
      block_types: { slug: { any_: [slug] } },
      block_documents: { ...namedOrAnonymous, name: { any_: [name] } },
    })
  },
}

/**
 * A server creates its encryption key for blocks with the first block. If several blocks are created concurrently, on
 * PostgreSQL, all but one are refused as a conflict (409), although their names are not taken: seen on 3.8.8.
 */
async function post({ api }: Write, after: ResolvedResource, named: JsonObject): Promise<Id> {
  const body = { ...bodyOf(after), block_type_id: after.ids.type ?? null, ...named }
  const send = async () => idOf(answer((await api.send('POST', '/block_documents/', body)).body))
  return send().catch((error: unknown) => {
    if (statusOf(error) !== 409) throw error
    return send()
  })
}

/**
 * Creates an anonymous block under a name that is derived from its owner. If an earlier apply was interrupted before it
 * created the owner, the name is taken by that block, which is then updated.
 */
async function createAnonymous(write: Write, after: ResolvedResource): Promise<Created> {
  const digest = createHash('sha256').update(after.resource.key).digest('hex')
  const name = `anonymous-${[digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-')}`
  try {
    return { id: await post(write, after, { name, is_anonymous: true }) }
  } catch (error) {
    const [slug = ''] = keyParts(after.resource.key)
    const id =
      statusOf(error) === 409
        ? await findOne(write.api, path, {
            block_types: { slug: { any_: [slug] } },
            block_documents: { ...namedOrAnonymous, name: { any_: [name] } },
          })
        : undefined
    if (id === undefined) throw error
    await write.api.send('PATCH', at`/block_documents/${id}`, { ...bodyOf(after), merge_existing_data: false })
    return { id }
  }
}

function bodyOf({ ids, spec }: ResolvedResource): JsonObject {
  return { data: spec.data ?? {}, block_schema_id: ids.schema ?? null }
}

function keyFor(raw: JsonObject, names: Names): string | undefined {
  const slug = text(object(raw.block_type), 'slug')
  if (raw.is_anonymous !== true) return keyOf(slug, text(raw, 'name'))
  // The server generates its name, so it is keyed by its owner. A block without an owner is not exported.
  const holder = names.holderOf(raw.id)
  return holder && keyOf(slug, `(${holder.ref}${holder.pointer})`)
}

async function listWanted(reader: Reader, wanted: ReadonlySet<string>): Promise<readonly JsonObject[]> {
  const keys = [...wanted].map((key) => keyParts(key))
  const named = keys.filter(([, name = '']) => !name.startsWith('('))
  const slugs = [...new Set(named.map(([slug = '']) => slug))]
  const types = { slug: { any_: slugs } }
  const filter = (names: readonly string[]) => ({
    include_secrets: true,
    sort,
    ...(slugs.length <= 200 ? { block_types: types } : {}),
    block_documents: { ...namedOrAnonymous, name: { any_: names } },
  })
  const names = new Set(named.map(([, name = '']) => name))
  const found = await readNamed(reader, path, [...names], filter, { each: Number.POSITIVE_INFINITY })
  if (named.length === keys.length) return found
  const anonymous = { include_secrets: true, sort, block_documents: { is_anonymous: { eq_: true } } }
  return [...found, ...(await readPages(reader, path, anonymous))]
}

function encode(raw: JsonObject, names: Names): Encoded {
  const links = Object.entries(object(raw.block_document_references))
  const ownData: Record<string, Json> = { ...object(raw.data) }
  for (const [name] of links) delete ownData[name]
  const found = findBlockSecrets(ownData, object(object(raw.block_schema).fields))
  const secrets: Record<Pointer, Placeholder> = {}
  let data: Json = ownData
  for (const [pointer, value] of found.secrets) {
    secrets[`/data${pointer}`] = value === mask ? { masked: true } : { plain: new Secret(value) }
    data = withValue(data, pointer, isItem(data, pointer) ? null : undefined)
  }
  for (const [name, link] of links)
    data = { ...object(data), [name]: { $ref: { block_document_id: object(object(link).block_document).id ?? null } } }
  return {
    refs: {
      type: names.refForField('block-type', raw.block_type_id),
      schema: names.refForField('block-schema', raw.block_schema_id),
    },
    spec: { data, is_anonymous: raw.is_anonymous },
    secrets,
    guessedSecrets: found.guesses.map(({ path, pointers }) => ({ path, pointers: pointers.map((at) => `/data${at}`) })),
  }
}
