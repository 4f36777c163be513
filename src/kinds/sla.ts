import { byCodePoint, isObject, type Json, type JsonObject, sortKeys } from '../json.ts'
import type { Kind, ResolvedResource, Write } from '../kind.ts'
import type { Id } from '../model.ts'
import { keyParts, splitRef } from '../ref.ts'
import { idShape, listOf, objectWith, rowWith } from './answer-shapes.ts'
import { at, objects, text } from './endpoints.ts'
import { string } from './field-schemas.ts'
import { readPages } from './read-list.ts'

const path = '/slas/filter'
const owner = /^prefect\.deployment\.(.+)$/

/** Fields of a row that the server makes, or that say whose it is. */
const ownFields = [
  'id',
  'created',
  'updated',
  'owner_resource',
  'account_id',
  'workspace_id',
  'created_by',
  'updated_by',
]

/**
 * The service level agreements of a deployment, in Prefect Cloud. One resource, because
 * `POST /slas/apply-resource-slas/{owner}` replaces all of them. Experimental: written from what the clients of Cloud send, and
 * tested against a stand-in.
 */
export const sla: Kind = {
  name: 'sla',
  doc: 'Experimental. All service level agreements of a deployment in Prefect Cloud.',
  keyDoc: 'flow/deployment',
  only: 'cloud',
  parent: 'deployment',
  refFields: {
    deployment: {
      kinds: ['deployment'],
      doc: 'The deployment.',
      required: true,
      fixed: 'agreements stay with their deployment',
    },
  },
  fields: {
    slas: {
      schema: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      },
      doc: 'The agreements, each with a name, a severity, and one of duration, stale_after and within.',
      required: true,
      freeform: true,
      idsExceptIn: [],
      normalize: normalizeAgreements,
    },
  },
  coverage: {
    models: { create: [], update: [], read: [] },
    mapped: { name: 'slas' },
    own: [...ownFields, 'slas', 'deployment_id'],
  },
  answers: [
    // Not counted as rows of the kind: all of their fields are carried.
    {
      to: `POST ${path}`,
      schema: listOf(rowWith({ name: string, owner_resource: string }, ['name', 'owner_resource'])),
    },
    {
      to: 'POST /slas/apply-resource-slas/*',
      schema: objectWith({
        created: listOf(objectWith({ id: idShape })),
        updated: listOf(objectWith({ id: idShape })),
      }),
    },
  ],
  list: async (reader) => byDeployment(await readPages(reader, path, {})),
  key(raw, names) {
    const ref = names.refOf(raw.deployment_id)
    return ref && splitRef(ref).key
  },
  keyRefs: (key) => [`deployment/${key}`],
  encode: (raw, names) => ({
    refs: { deployment: names.refForField('deployment', raw.deployment_id) },
    spec: { slas: raw.slas },
  }),
  check({ key, refs }) {
    if (keyParts(key).length !== 2)
      return [{ code: 'invalid-key', pointer: '/key', message: 'The key is that of a deployment, FLOW/DEPLOYMENT.' }]
    return refs.deployment && refs.deployment !== `deployment/${key}`
      ? [
          {
            code: 'invalid-key',
            pointer: '/key',
            message: `The key is ${key}, but refs.deployment is ${refs.deployment}.`,
          },
        ]
      : []
  },
  async create(write, after) {
    return { id: await applyAll(write, after, after.spec.slas) }
  },
  async update(write, _before, after) {
    await applyAll(write, after, after.spec.slas)
    return undefined
  },
  async remove({ api }, before) {
    await api.send('POST', at`/slas/apply-resource-slas/${before.id}`, [])
  },
  // The create replaces what there is, so it can be repeated.
  find: async () => undefined,
}

/** One object for each deployment, with the ID that its agreements have as their owner. */
function byDeployment(rows: readonly JsonObject[]): JsonObject[] {
  const found = new Map<string, JsonObject[]>()
  for (const row of rows) {
    const resource = text(row, 'owner_resource')
    const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !ownFields.includes(name)))
    found.set(resource, [...(found.get(resource) ?? []), rest])
  }
  return [...found].flatMap(([id, slas]) => {
    const [, deployment] = owner.exec(id) ?? []
    return deployment === undefined ? [] : [{ id, deployment_id: deployment, slas }]
  })
}

async function applyAll({ api }: Write, { ids }: ResolvedResource, slas: Json | undefined): Promise<Id> {
  const id = `prefect.deployment.${String(ids.deployment)}`
  await api.send('POST', at`/slas/apply-resource-slas/${id}`, objects(slas) as JsonObject[])
  return id as Id
}

/** Without the defaults of the API, in the order of names, which are unique for an owner. */
function normalizeAgreements(value: Json): Json {
  const cleaned = objects(value).map((agreement) => {
    const kept = Object.entries(agreement).filter(
      ([name, item]) => item !== null && !(name === 'enabled' && item === true),
    )
    return sortKeys(Object.fromEntries(kept))
  })
  return cleaned.sort((a, b) => byCodePoint(nameOf(a), nameOf(b)))
}

const nameOf = (agreement: Json) => (isObject(agreement) ? String(agreement.name) : '')
