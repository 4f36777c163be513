import { byCodePoint } from '../../json.ts'
import type { Ref, Resource } from '../../model.ts'
import { refOf } from '../../ref.ts'
import { refsOf } from '../prefect-yaml/unresolved.ts'

/** A reference of one resource to another. */
export function edge(from: Ref, to: Ref): string {
  return `${from}\n${to}`
}

/**
 * The references that close a cycle, which Terraform refuses: two automations that pause each other, or one that pauses
 * itself. Without them, there is none.
 */
export function cutReferences(resources: readonly Resource[]): ReadonlySet<string> {
  const own = new Set(resources.map(refOf))
  const targets = new Map(
    resources.map(({ kind, key, spec, refs }) => {
      const all = [...Object.values(refs), ...refsOf(spec)].filter((ref) => own.has(ref))
      return [refOf({ kind, key }), [...new Set(all)].sort(byCodePoint)] as const
    }),
  )
  const cut = new Set<string>()
  const state = new Map<Ref, 'open' | 'done'>()
  for (const start of targets.keys()) {
    if (state.has(start)) continue
    const path: { readonly ref: Ref; readonly rest: Ref[] }[] = []
    const enter = (ref: Ref) => {
      state.set(ref, 'open')
      path.push({ ref, rest: [...(targets.get(ref) ?? [])] })
    }
    enter(start)
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const next = at.rest.shift()
      if (next === undefined) {
        state.set(at.ref, 'done')
        path.pop()
      } else if (state.get(next) === 'open') cut.add(edge(at.ref, next))
      else if (!state.has(next)) enter(next)
    }
  }
  return cut
}
