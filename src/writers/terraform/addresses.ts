import { createHash } from 'node:crypto'
import type { Ref, Resource } from '../../model.ts'
import { nameInKey, refOf } from '../../ref.ts'

/** The types of the provider, by kind. */
export const types: Readonly<Record<string, string>> = {
  variable: 'prefect_variable',
  'concurrency-limit': 'prefect_global_concurrency_limit',
  'tag-concurrency-limit': 'prefect_task_run_concurrency_limit',
  'block-type': 'prefect_block_type',
  'block-schema': 'prefect_block_schema',
  block: 'prefect_block',
  'work-pool': 'prefect_work_pool',
  'work-queue': 'prefect_work_queue',
  flow: 'prefect_flow',
  deployment: 'prefect_deployment',
  automation: 'prefect_automation',
  webhook: 'prefect_webhook',
}

/**
 * The address of each resource, such as `prefect_flow.etl`. Two that would have the same get a suffix that depends only on
 * their own key, so that a third does not change them.
 */
export function addressesOf(resources: readonly Resource[]): ReadonlyMap<Ref, string> {
  const taken = new Map<string, number>()
  const plain = resources.flatMap((resource) => {
    const type = types[resource.kind]
    if (type === undefined) return []
    const address = `${type}.${identifierOf(nameInKey(resource.key))}`
    taken.set(address, (taken.get(address) ?? 0) + 1)
    return [{ ref: refOf(resource), address }]
  })
  const isShared = (address: string): boolean =>
    (taken.get(address) ?? 0) > 1 || (/_[0-9a-f]{6}$/.test(address) && isShared(address.slice(0, -7)))
  return new Map(plain.map(({ ref, address }) => [ref, isShared(address) ? `${address}_${suffix(ref)}` : address]))
}

/** A valid identifier of a name: letters, digits and underscores, with a letter or an underscore at the start. */
export function identifierOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return plain === '' ? `_${suffix(name)}` : /^\d/.test(plain) ? `_${plain}` : plain
}

function suffix(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6)
}
