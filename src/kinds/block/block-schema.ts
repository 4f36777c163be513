import { type Json, type JsonObject, own } from '../../json.ts'
import type { Kind } from '../../kind.ts'
import type { Id, Reader } from '../../model.ts'
import { keyOf, keyParts } from '../../ref.ts'
import { createdBy, doneBy, objectWith, orNull, rowsFrom, rowWith } from '../answer-shapes.ts'
import { answer, at, idOf, list, object, text } from '../endpoints.ts'
import { anyObject, string, tags } from '../field-schemas.ts'
import { readNamed, readPages } from '../read-list.ts'
import { isIrreproducible, isStockType } from './builtin-block-types.ts'
import { checksumOf } from './checksum.ts'

const path = '/block_schemas/filter'
const isFixed = 'a block schema never changes; another content is another schema'

const schemaRow = rowWith(
  {
    checksum: string,
    fields: anyObject,
    block_type: objectWith({ slug: string }, ['slug']),
    version: orNull(string),
    capabilities: orNull(tags),
  },
  ['checksum', 'fields', 'block_type'],
)

/** A block schema. `POST /block_schemas/`, identified by its checksum. */
export const blockSchema: Kind = {
  name: 'block-schema',
  cloudScope: 'blocks',
  doc: 'A version of the schema of a block type, identified by its checksum.',
  keyDoc: 'type slug/first eight digits of the checksum',
  parent: 'type',
  refFields: {
    type: { kinds: ['block-type'], doc: 'The block type that it describes.', required: true, fixed: isFixed },
  },
  fields: {
    checksum: {
      schema: { type: 'string', minLength: 1 },
      doc: 'Checksum, as recorded by the server.',
      required: true,
      fixed: isFixed,
    },
    version: {
      schema: string,
      doc: 'Version of the package that defines it.',
      default: 'non-versioned',
      fixed: isFixed,
    },
    capabilities: {
      schema: tags,
      doc: 'Capabilities of the blocks with this schema.',
      default: [],
      fixed: isFixed,
      normalize: sorted,
    },
    fields: {
      schema: anyObject,
      doc: 'JSON Schema of the data of these blocks.',
      required: true,
      freeform: true,
      fixed: isFixed,
    },
  },
  mentions: {
    keys: {
      block_schema_checksum: ({ block_type_slug: type, block_schema_checksum: checksum }) =>
        typeof type === 'string' && typeof checksum === 'string' ? keyOf(type, digits(checksum)) : undefined,
    },
  },
  coverage: {
    models: { create: ['BlockSchemaCreate'], update: [], read: ['BlockSchema'] },
    mapped: { block_type_id: 'type', block_type: 'type' },
    own: ['id', 'created', 'updated'],
  },
  answers: [rowsFrom(`POST ${path}`, schemaRow), createdBy('POST /block_schemas/'), doneBy('DELETE /block_schemas/*')],
  list: listSchemas,
  key: (raw) => keyOf(text(object(raw.block_type), 'slug'), digits(text(raw, 'checksum'))),
  encode: (raw) => ({
    refs: { type: `block-type/${text(object(raw.block_type), 'slug')}` },
    spec: { checksum: raw.checksum, version: raw.version, capabilities: raw.capabilities, fields: raw.fields },
  }),
  builtin: ({ key }) => isStockType(keyParts(key)[0] ?? ''),
  immutable: () => true,
  check({ key, spec }) {
    const checksum = String(spec.checksum ?? '')
    if (keyParts(key)[1] !== digits(checksum))
      return [
        {
          code: 'invalid-key',
          pointer: '/key',
          message: `The key must end in the first eight digits of the checksum, ${digits(checksum)}.`,
        },
      ]
    if (isIrreproducible(key) || arrangedFor(object(spec.fields), checksum)) return []
    return [
      {
        code: 'checksum-differs',
        severity: 'warning',
        pointer: '/spec/checksum',
        message: `The fields of block-schema/${key} do not match the recorded checksum. A server that creates the schema will give it another checksum.`,
      },
    ]
  },
  effects: (change) =>
    change.action === 'create' && isStockType(keyParts(change.after.key)[0] ?? '')
      ? [
          `the server has another version of this type; this schema (${String(change.after.spec.version)}) is added to it`,
        ]
      : [],
  async create({ api }, { resource, ids, spec }) {
    const checksum = String(spec.checksum ?? '')
    const fields = object(spec.fields)
    const body = {
      fields: arrangedFor(fields, checksum) ?? fields,
      block_type_id: ids.type ?? null,
      capabilities: spec.capabilities ?? [],
      version: spec.version ?? 'non-versioned',
    }
    const raw = answer((await api.send('POST', '/block_schemas/', body)).body)
    return { id: idOf(raw), createdIds: { [`block-schema/${resource.key}`]: idOf(raw) } }
  },
  async update() {
    throw new Error(isFixed)
  },
  // Only `undo` of its create does that: elsewhere a schema is deleted with its type.
  async remove({ api }, before) {
    await api.send('DELETE', at`/block_schemas/${before.id}`)
  },
  // The create returns the existing row, so it can be repeated.
  find: async (): Promise<Id | undefined> => undefined,
}

function digits(checksum: string): string {
  return checksum.slice('sha256:'.length, 'sha256:'.length + 8)
}

function sorted(value: Json): Json {
  return [...new Set(list(value))].sort()
}

/**
 * Reads schemas by type, because checksums cannot be filtered by prefix. Rows with the same checksum are one resource:
 * the first one with a version.
 */
async function listSchemas(
  reader: Reader,
  _server: unknown,
  wanted?: ReadonlySet<string>,
): Promise<readonly JsonObject[]> {
  const rows = wanted
    ? await listOfTypes(reader, new Set([...wanted].map((key) => keyParts(key)[0] ?? '')))
    : await readPages(reader, path, {})
  // The last row of a key represents all, independent of the server's order.
  return [...rows].sort((a, b) => rank(a) - rank(b) || (text(b, 'version') < text(a, 'version') ? 1 : -1))
}

function rank(raw: JsonObject): number {
  return raw.version === 'non-versioned' ? 0 : 1
}

async function listOfTypes(reader: Reader, slugs: ReadonlySet<string>) {
  const types = await readNamed(reader, '/block_types/filter', [...slugs], (some) => ({
    block_types: { slug: { any_: some } },
  }))
  if (types.length === 0) return []
  return readPages(reader, path, { block_schemas: { block_type_id: { any_: types.map(idOf) } } })
}

/**
 * Restores the fields as a client sent them, so that they match `checksum`: servers add empty references, and return
 * the children of union fields in the order of their rows. Undefined if no form matches.
 */
export function arrangedFor(fields: JsonObject, checksum: string): JsonObject | undefined {
  if (checksumOf(fields) === checksum) return fields
  const { block_schema_references: added, ...sent } = fields
  const references = object(added)
  if (Object.keys(references).length === 0 && checksumOf(sent) === checksum) return sent
  const unions = Object.entries(references).filter(
    ([, value]) => Array.isArray(value) && value.length > 1 && value.length <= 5,
  )
  return unions.length === 0 || unions.length > 3
    ? undefined
    : arrange(
        fields,
        unions.map(([name]) => name),
        checksum,
      )
}

function arrange(fields: JsonObject, names: readonly string[], checksum: string): JsonObject | undefined {
  const [name, ...rest] = names
  if (name === undefined) return checksumOf(fields) === checksum ? fields : undefined
  const references = object(fields.block_schema_references)
  for (const order of permutations(list(own(references, name)))) {
    const found = arrange({ ...fields, block_schema_references: { ...references, [name]: order } }, rest, checksum)
    if (found) return found
  }
  return undefined
}

function* permutations(items: readonly Json[]): Generator<readonly Json[]> {
  if (items.length <= 1) yield items
  for (const [index, item] of items.entries()) {
    if (items.length > 1) for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest]
  }
}
