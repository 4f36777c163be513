import type { Kind } from '../../kind.ts'
import { keyParts } from '../../ref.ts'
import { countShape, createdBy, doneBy, objectWith, orNull, rowsFrom, rowWith } from '../answer-shapes.ts'
import { anyObject, boolean, nullableString, string } from '../field-schemas.ts'
import { nameFault, nameRule } from '../name-rules.ts'
import { blockMentions } from './block-mentions.ts'
import { encodeBlock, findBlock, keyFor, listBlocks } from './block-read.ts'
import { createBlock, removeBlock, updateBlock } from './block-write.ts'

/** Its schema says which values are secret, so a block without one would show them. */
const blockRow = rowWith(
  {
    name: nullableString,
    data: anyObject,
    block_type_id: string,
    block_schema_id: string,
    block_type: objectWith({ slug: string }, ['slug']),
    block_schema: objectWith({ fields: anyObject }, ['fields']),
    block_document_references: orNull(anyObject),
    is_anonymous: orNull(boolean),
  },
  ['name', 'data', 'block_type_id', 'block_schema_id', 'block_type', 'block_schema'],
)

/** A block document. `POST /block_documents/`, keyed by type and name; anonymous blocks are keyed by their owner. */
export const block: Kind = {
  name: 'block',
  doc: 'A block: configuration and credentials that flows, deployments and other blocks use.',
  keyDoc: 'type slug/name, or type slug/(owner) for an anonymous block',
  refusesDuplicates: true,
  keyRules: [nameRule('block', (key) => keyParts(key)[1]?.replace(/^\(.*/s, '') || undefined)],
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
    mapped: {
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
  answers: [
    rowsFrom('POST /block_documents/filter', blockRow),
    { to: 'POST /block_documents/count', schema: countShape },
    createdBy('POST /block_documents/'),
    doneBy('PATCH|DELETE /block_documents/*'),
  ],
  list: (reader, _server, wanted) => listBlocks(reader, wanted),
  key: keyFor,
  encode: encodeBlock,
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
  create: createBlock,
  update: updateBlock,
  remove: removeBlock,
  async find(reader, { resource }) {
    const [slug = '', name = ''] = keyParts(resource.key)
    if (resource.spec.is_anonymous === true) return undefined
    return findBlock(reader, slug, name)
  },
}
