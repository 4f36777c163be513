import { edgeFinder } from '../graph/edges.ts'
import type { Kind } from '../kind.ts'
import { append } from '../list-at.ts'
import type { Ref, Resource } from '../model.ts'
import { keyParts, refOf, splitRef } from '../ref.ts'

/**
 * The resources without a document that other resources refer to: those that are `gone` with their content, placeholders
 * for the others, and the resources that their keys begin with. Renames apply to them as to documents.
 */
export function absentResources(
  resources: readonly Resource[],
  gone: readonly Resource[],
  kinds: readonly Kind[],
): readonly Resource[] {
  const edgesOf = edgeFinder(kinds)
  const known = new Set(resources.map(refOf))
  const absent = new Map(gone.map((resource) => [refOf(resource), resource]))
  const open = resources.flatMap(edgesOf).map(({ to }) => to)
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const standIn = known.has(ref) || absent.has(ref) ? undefined : standInFor(ref, kinds)
    if (!standIn) continue
    absent.set(ref, standIn)
    append(open, Object.values(standIn.refs))
  }
  return [...absent.values()]
}

/** A resource with only a name, and refs to the resources that its key begins with. */
function standInFor(ref: Ref, kinds: readonly Kind[]): Resource | undefined {
  const named = splitRef(ref)
  const kind = kinds.find(({ name }) => name === named.kind)
  if (!kind) return undefined
  const [first, ...rest] = keyParts(named.key)
  const required = rest.length > 0 ? Object.entries(kind.refFields).filter(([, refField]) => refField.required) : []
  const refs = required.map(([name, slot]): [string, Ref] => [name, `${slot.kinds[0]}/${first}`])
  return { ...named, refs: Object.fromEntries(refs), spec: {}, secrets: {} }
}
