import type { Kind } from '../kind.ts'
import type { Live, Reader, Resource, Tier } from '../model.ts'
import { refOf } from '../ref.ts'

/**
 * How much of each limit of its tier a workspace uses. Counts what was read; asks for the kinds of wanted resources that do not
 * exist yet and were not read completely.
 */
export async function quotaUse(
  reader: Reader,
  { resources, complete }: Live,
  kinds: readonly Kind[],
  { limits }: Tier,
  wanted: readonly Resource[] = [],
): Promise<Readonly<Record<string, number>>> {
  const all = [...resources.values()]
  const missing = new Set(wanted.filter((resource) => !resources.has(refOf(resource))).map(({ kind }) => kind))
  const found = kinds.flatMap(({ name, quotas = [] }) =>
    quotas
      .filter(({ limit }) => limits[limit] !== undefined && (complete.has(name) || missing.has(name)))
      .map(async ({ limit, counts, used }): Promise<[string, number]> => {
        if (!complete.has(name)) return [limit, await used(reader)]
        return [limit, all.filter((resource) => resource.kind === name && (counts?.(resource) ?? true)).length]
      }),
  )
  return Object.fromEntries(await Promise.all(found))
}
