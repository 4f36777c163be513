import type { Json, JsonObject } from '../json.ts'
import type { DroppedSetting, Kind, ResolvedResource } from '../kind.ts'
import { nameInKey } from '../ref.ts'
import { createdBy, doneBy, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { answer, at, idOf, text } from './endpoints.ts'
import { boolean, nullableString, string } from './field-schemas.ts'
import { readPages } from './read-list.ts'

const path = '/webhooks/filter'

const webhookRow = rowWith({ name: string, description: nullableString, enabled: orNull(boolean), template: string }, [
  'name',
  'template',
])

/**
 * A webhook of Prefect Cloud. `POST /webhooks/`; whether names are unique is unknown. Experimental: written from what the clients
 * of Cloud send, and tested against a stand-in.
 */
export const webhook: Kind = {
  name: 'webhook',
  doc: 'Experimental. A webhook of Prefect Cloud: turns the requests to a URL of its own into events.',
  keyDoc: 'the name, or name#discriminator if the name is not unique',
  only: 'cloud',
  ambiguous: true,
  refFields: {},
  fields: {
    description: { schema: string, doc: 'Description.', default: '' },
    enabled: { schema: boolean, doc: 'Whether requests to its URL become events.', operational: true },
    template: { schema: string, doc: 'The Jinja template of the event, as a JSON text.', required: true },
  },
  disabledSpec: { enabled: false },
  coverage: {
    models: { create: [], update: [], read: [] },
    mapped: { name: 'key' },
    own: ['id', 'created', 'updated', 'slug', 'account_id', 'workspace_id', 'created_by', 'updated_by'],
    ignored: { service_account_id: 'belongs to the account; an export reports it' },
  },
  answers: [rowsFrom(`POST ${path}`, webhookRow), createdBy('POST /webhooks/'), doneBy('PUT|PATCH|DELETE /webhooks/*')],
  list: (reader) => readPages(reader, path, {}),
  key: (raw) => text(raw, 'name'),
  encode: (raw) => ({
    refs: {},
    spec: { description: raw.description, enabled: raw.enabled, template: raw.template },
    dropped: serviceAccountOf(raw),
  }),
  effects: ({ action }) =>
    action === 'create'
      ? ['it gets a new URL, which those who call it need']
      : action === 'delete'
        ? ['its URL is gone for good']
        : [],
  async create({ api }, after) {
    return { id: idOf(answer((await api.send('POST', '/webhooks/', bodyOf(after))).body)) }
  },
  async update({ api }, before, after, fields) {
    if (fields.some(({ pointer }) => pointer !== '/spec/enabled'))
      await api.send('PUT', at`/webhooks/${before.id}`, bodyOf(after, before.spec.enabled))
    else await api.send('PATCH', at`/webhooks/${before.id}`, { enabled: after.spec.enabled ?? true })
    return undefined
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/webhooks/${before.id}`)
  },
  async find(reader, { resource, spec }) {
    const name = nameInKey(resource.key)
    const found = (await readPages(reader, path, {})).find((raw) => raw.name === name && raw.template === spec.template)
    return found && idOf(found)
  },
}

function bodyOf({ resource, spec }: ResolvedResource, enabledNow: Json = true): JsonObject {
  return {
    name: nameInKey(resource.key),
    description: spec.description ?? '',
    enabled: spec.enabled ?? enabledNow,
    template: spec.template ?? '',
  }
}

/** Only requests with a key of the service account are accepted. Without it, anybody may call the URL. */
function serviceAccountOf(raw: JsonObject): DroppedSetting[] {
  const id = raw.service_account_id ?? null
  const fix = 'Service accounts belong to the account: choose one for the webhook, or anybody may call its URL.'
  return id === null ? [] : [{ what: 'the service account that may call it', fix }]
}
