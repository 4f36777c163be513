import type { Kind, ResolvedResource, Write } from '../kind.ts'
import type { Id } from '../model.ts'
import { objectWith, orNull } from './answer-shapes.ts'
import { answer } from './endpoints.ts'
import { string } from './field-schemas.ts'

const path = '/admin/storage'
const singletonId = 'server' as Id

/** The default block for storing results. `PUT /admin/storage`; a singleton. */
export const defaultResultStorage: Kind = {
  name: 'default-result-storage',
  doc: 'The default block for storing results, if neither the flow nor the pool sets one.',
  keyDoc: 'always "server"',
  since: '3.7.0',
  only: 'server',
  singleton: true,
  refFields: { block: { kinds: ['block'], doc: 'A storage block.', required: true } },
  fields: {},
  coverage: {
    models: { create: ['ServerDefaultResultStorageUpdate'], update: [], read: ['ServerDefaultResultStorage'] },
    mapped: { default_result_storage_block_id: 'block' },
    own: [],
  },
  answers: [
    {
      to: `GET ${path}`,
      schema: objectWith({ default_result_storage_block_id: orNull(string) }, ['default_result_storage_block_id']),
      ofKind: true,
    },
    { to: `PUT|DELETE ${path}`, schema: orNull(objectWith({}, ['default_result_storage_block_id'])) },
  ],
  async list(reader) {
    const raw = answer(await reader.get(path))
    return raw.default_result_storage_block_id ? [{ ...raw, id: singletonId }] : []
  },
  key: () => singletonId,
  encode: (raw, names) => ({
    refs: { block: names.refForField('block', raw.default_result_storage_block_id) },
    spec: {},
  }),
  check: ({ key }) =>
    key === singletonId
      ? []
      : [
          {
            code: 'invalid-key',
            pointer: '/key',
            message: 'A server has one default result storage, and its key is "server".',
          },
        ],
  async create(write, after) {
    await put(write, after)
    return { id: singletonId }
  },
  async update(write, _before, after) {
    await put(write, after)
  },
  async remove({ api }) {
    await api.send('DELETE', path)
  },
  // The create sets a single value, so it can be repeated.
  find: async (): Promise<Id | undefined> => undefined,
}

async function put({ api }: Write, { ids }: ResolvedResource): Promise<void> {
  await api.send('PUT', path, { default_result_storage_block_id: ids.block ?? null })
}
