import type { Kind, ResolvedResource, Write } from '../kind.ts'
import type { Id } from '../model.ts'
import { createdBy, doneBy, listOf, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { answer, at, idOf, text } from './endpoints.ts'
import { anyObject, string } from './field-schemas.ts'
import { readPages } from './read-list.ts'

/** A saved search of the user interface. `PUT /saved_searches/` (an upsert), keyed by name. */
export const savedSearch: Kind = {
  name: 'saved-search',
  cloudScope: 'saved_searches',
  doc: 'A saved search of the user interface.',
  keyDoc: 'the name of the search',
  refFields: {},
  fields: {
    filters: {
      schema: { type: 'array', items: { type: 'object' } },
      doc: 'Filter conditions, in order.',
      default: [],
      freeform: true,
      idsExceptIn: [],
    },
  },
  coverage: {
    models: { create: ['SavedSearchCreate'], update: [], read: ['SavedSearch'], freeform: ['SavedSearchFilter'] },
    mapped: { name: 'key' },
    own: ['id', 'created', 'updated'],
  },
  answers: [
    rowsFrom('POST /saved_searches/filter', rowWith({ name: string, filters: orNull(listOf(anyObject)) }, ['name'])),
    createdBy('PUT /saved_searches/'),
    doneBy('DELETE /saved_searches/*'),
  ],
  list: (reader) => readPages(reader, '/saved_searches/filter', {}),
  key: (raw) => text(raw, 'name'),
  encode: (raw) => ({ refs: {}, spec: { filters: raw.filters } }),
  async create(write, after) {
    return { id: await upsert(write, after) }
  },
  async update(write, _before, after) {
    await upsert(write, after)
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/saved_searches/${before.id}`)
  },
  // The create is an upsert, so it can be repeated.
  find: async (): Promise<Id | undefined> => undefined,
}

async function upsert({ api }: Write, { resource, spec }: ResolvedResource): Promise<Id> {
  return idOf(
    answer((await api.send('PUT', '/saved_searches/', { name: resource.key, filters: spec.filters ?? [] })).body),
  )
}
