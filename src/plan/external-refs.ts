import type { Edge } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Live, Ref } from '../model.ts'
import { nameInKey, splitRef } from '../ref.ts'

/** An issue for each external resource that is referred to and that the server does not have, or has several of. */
export function missingExternals(externals: ReadonlyMap<Ref, readonly Edge[]>, live: Live): Issue[] {
  const unsure = new Set(live.unsure ?? [])
  return [...externals].flatMap(([to, edges]): Issue[] => {
    const [first] = edges
    if (!first || live.resources.has(to)) return []
    const sources = new Set(edges.map(({ from }) => from))
    const more = sources.size > 1 ? ` and ${sources.size - 1} more` : ''
    const common = { severity: 'error', ref: first.from, pointer: first.pointer } as const
    const { kind, key } = splitRef(to)
    if (unsure.has(to)) {
      const message = `${first.from}${more} refers to ${to}, which is external, and ${live.server.url} has several of kind ${kind} named ${nameInKey(key)}.`
      const fix =
        'Give them names of their own on the server, or refer to the one that is meant by its key in an export of that server, which ends in # and eight hexadecimal digits.'
      return [{ code: 'ambiguous-name', message, fix, ...common }]
    }
    const message = `${first.from}${more} refers to ${to}, which is external, and ${live.server.url} does not have it.`
    const fix = `Create ${to} there, or take it into the snapshot and the selection.`
    return [{ code: 'missing-external', message, fix, ...common }]
  })
}
