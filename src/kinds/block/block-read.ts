import { isItem, type Json, type JsonObject, type Pointer, withValue } from '../../json.ts'
import type { Encoded, Names } from '../../kind.ts'
import type { Id, Placeholder, Reader } from '../../model.ts'
import { keyOf, keyParts } from '../../ref.ts'
import { Secret } from '../../secret.ts'
import { object, text } from '../endpoints.ts'
import { findOne, readAll, readNamed, readPages } from '../read-list.ts'
import { findBlockSecrets } from './block-secrets.ts'

const path = '/block_documents/filter'

/** Names are unique only within a type, so this is the only order without ties. */
const sort = 'BLOCK_TYPE_AND_NAME_ASC'

const namedOrAnonymous = { is_anonymous: null }

/** What a server returns instead of a secret (`utilities/names.py`). */
const mask = '********'

/** The key of a block of a server; undefined for an anonymous block without an owner. */
export function keyFor(raw: JsonObject, names: Names): string | undefined {
  const slug = text(object(raw.block_type), 'slug')
  if (raw.is_anonymous !== true) return keyOf(slug, text(raw, 'name'))
  // The server generates its name, so it is keyed by its owner. A block without an owner is not exported.
  const holder = names.holderOf(raw.id)
  return holder && keyOf(slug, `(${holder.ref}${holder.pointer})`)
}

/** Reads the blocks of a server, anonymous ones too; or those with the wanted keys. */
export async function listBlocks(
  reader: Reader,
  wanted: ReadonlySet<string> | undefined,
): Promise<readonly JsonObject[]> {
  if (wanted) return listWanted(reader, wanted)
  const body = { include_secrets: true, sort, block_documents: namedOrAnonymous }
  return readAll(reader, path, body, { path: '/block_documents/count', body: { block_documents: namedOrAnonymous } })
}

/** The ID of the block with this type and name, anonymous or not. */
export function findBlock(reader: Reader, slug: string, name: string): Promise<Id | undefined> {
  const filter = {
    block_types: { slug: { any_: [slug] } },
    block_documents: { ...namedOrAnonymous, name: { any_: [name] } },
  }
  return findOne(reader, path, filter, (raw) => raw.name === name && text(object(raw.block_type), 'slug') === slug)
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

/** A block of a server with its links, and with its secrets moved out of its data. */
export function encodeBlock(raw: JsonObject, names: Names): Encoded {
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
