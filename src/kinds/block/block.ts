import type { Kind } from '../../kind.ts'
import { keyParts } from '../../ref.ts'
import { anyObject, boolean } from '../field-schemas.ts'
import { nameFault, nameRule } from '../name-rules.ts'
import { blockMentions } from './block-mentions.ts'
import { encodeBlock, findBlock, keyFor, listBlocks } from './block-read.ts'
import { createBlock, removeBlock, updateBlock } from './block-write.ts'

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
