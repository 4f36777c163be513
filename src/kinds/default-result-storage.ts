import type { Kind, ResolvedResource, Write } from '../kind.ts'
import type { Id } from '../model.ts'
import { answer } from './endpoints.ts'

const path = '/admin/storage'
const only = 'server' as Id

/** The block that a server stores results with by default. `PUT /admin/storage`; there is one. */
export const defaultResultStorage: Kind = {
  name: 'default-result-storage',
  doc: 'The block that the server stores results with, where neither flow nor pool says another.',
  keyDoc: 'always "server"',
  since: '3.7.0',
  singleton: true,
  refFields: { block: { kinds: ['block'], doc: 'A block that can be written to.', required: true } },
  fields: {},
  coverage: {
    models: { create: ['ServerDefaultResultStorageUpdate'], update: [], read: ['ServerDefaultResultStorage'] },
    carried: { default_result_storage_block_id: 'block' },
    own: [],
  },
  async list(reader) {
    const raw = answer(await reader.get(path))
    return raw.default_result_storage_block_id ? [{ ...raw, id: only }] : []
  },
  key: () => only,
  encode: (raw, names) => ({
    refs: { block: names.refForField('block', raw.default_result_storage_block_id) },
    spec: {},
  }),
  check: ({ key }) =>
    key === only
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
    return { id: only }
  },
  async update(write, _before, after) {
    await put(write, after)
  },
  async remove({ api }) {
    await api.send('DELETE', path)
  },
  // The create sets the one value that there is: sent again it does no harm.
  find: async (): Promise<Id | undefined> => undefined,
}

async function put({ api }: Write, { ids }: ResolvedResource): Promise<void> {
  await api.send('PUT', path, { default_result_storage_block_id: ids.block ?? null })
}
