import { differingFields, type Rows } from '../../support/plain-rows.ts'
import { canonical, type Row, type Value } from '../world-json.ts'

/** The fields in which two servers differ, each cut to a readable length. */
export function differencesOf(before: Rows, after: Rows): string[] {
  return differingFields(before, after).map((line) => line.slice(0, 1200))
}

/** The refs of what differs between two readings, as a plan names them. An anonymous block is part of its owner. */
export function changedRefs(before: Rows, after: Rows): string[] {
  const [old, now] = [byRef(before), byRef(after)]
  const refs = [...new Set([...old.keys(), ...now.keys()])]
  return refs.filter((ref) => isNamed(ref) && old.get(ref) !== now.get(ref)).sort()
}

/** The content of each ref; of all, where several automations have one name. */
function byRef(rows: Rows): ReadonlyMap<string, string> {
  const found = new Map<string, string[]>()
  for (const [key, row] of rows) {
    const content = canonical(row as Value).replaceAll(/<(automation\/[^<>]*)#[0-9a-f]{8}>/g, '<$1>')
    // A name itself may end like a hash.
    const ref = key.startsWith('automation/') ? `automation/${row.name}` : refOfKey(key)
    found.set(ref, [...(found.get(ref) ?? []), content])
  }
  return new Map([...found].map(([ref, contents]) => [ref, contents.sort().join('\n')]))
}

/** What a plan in JSON lists, and what it names as not supported by this version of the server. */
export interface Listed {
  readonly changes: readonly string[]
  readonly unsupported: readonly string[]
}

export function listedIn(plan: string): Listed {
  type Refs = readonly { readonly ref: string; readonly code?: string }[]
  const { changes, unsupported, issues } = JSON.parse(plan) as Readonly<
    Record<'changes' | 'unsupported' | 'issues', Refs>
  >
  const downgraded = issues.filter(({ code }) => code === 'downgraded')
  const named = (refs: Refs) => [...new Set(refs.map(({ ref }) => withoutHash(ref)).filter(isNamed))].sort()
  return { changes: named(changes), unsupported: named([...unsupported, ...downgraded]) }
}

export const isNamed = (ref: string) => !/^block\/.*\(/s.test(ref)

/** Automations of one name have a hash in their keys: other ones on both sides. */
const withoutHash = (ref: string) => (ref.startsWith('automation/') ? ref.replace(/#[0-9a-f]{8}(#\d+)?$/, '') : ref)

/** The ref of a key of plain rows, which have other names of kinds. */
export function refOfKey(key: string): string {
  const own = /^limit\/deployment:<(deployment\/.*)>$/s.exec(key)?.[1]
  if (own !== undefined) return refOfKey(own)
  return withoutHash(key)
    .replace(/^deployment\/flow\//, 'deployment/')
    .replace(/^block\/block-type\//, 'block/')
    .replace(/^(?:limit\/tag:|tag-limit\/)/, 'tag-concurrency-limit/')
    .replace(/^limit\//, 'concurrency-limit/')
}

/** The rows without what no request brings back, and without the given refs. */
export function restorableRows(rows: Rows, except: readonly string[]): Rows {
  return new Map([...rows].filter(([key]) => !except.includes(refOfKey(key))).map(withoutLeftovers))
}

/** What a delete of something else leaves behind: the ID of a storage, the name of a queue. */
function withoutLeftovers([key, row]: [string, Rows extends ReadonlyMap<string, infer R> ? R : never]) {
  if (key.startsWith('deployment/') && row.work_pool_name === null)
    return [key, { ...row, work_queue_name: null }] as const
  const storage = row.storage_configuration as Row | undefined
  const lost = /^<[0-9a-f-]{36}>$/.test(String(storage?.default_result_storage_block_id))
  const none = { ...storage, default_result_storage_block_id: null }
  return [key, lost ? { ...row, storage_configuration: none } : row] as const
}
