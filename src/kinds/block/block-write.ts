import { createHash } from 'node:crypto'
import type { JsonObject } from '../../json.ts'
import type { Created, ResolvedResource, Write } from '../../kind.ts'
import type { Id, LiveResource } from '../../model.ts'
import { keyParts } from '../../ref.ts'
import { answer, at, idOf, statusOf } from '../endpoints.ts'
import { findBlock } from './block-read.ts'

/** Creates a block, named or anonymous. */
export async function createBlock(write: Write, after: ResolvedResource): Promise<Created> {
  const [, name = ''] = keyParts(after.resource.key)
  return after.spec.is_anonymous === true
    ? createAnonymous(write, after)
    : { id: await post(write, after, { name, is_anonymous: false }) }
}

/** Replaces the data of a block. */
export async function updateBlock({ api }: Write, before: LiveResource, after: ResolvedResource): Promise<undefined> {
  // With merging, the server would drop links that are not sent again, and keep removed keys.
  await api.send('PATCH', at`/block_documents/${before.id}`, { ...bodyOf(after), merge_existing_data: false })
}

/** Deletes a block. */
export async function removeBlock({ api }: Write, before: LiveResource): Promise<void> {
  await api.send('DELETE', at`/block_documents/${before.id}`)
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
    const id = statusOf(error) === 409 ? await findBlock(write.api, slug, name) : undefined
    if (id === undefined) throw error
    await write.api.send('PATCH', at`/block_documents/${id}`, { ...bodyOf(after), merge_existing_data: false })
    return { id }
  }
}

function bodyOf({ ids, spec }: ResolvedResource): JsonObject {
  return { data: spec.data ?? {}, block_schema_id: ids.schema ?? null }
}
