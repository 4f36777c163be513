import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf, splitRef } from '../ref.ts'
import { type Edge, edgeFinder } from './edges.ts'
import { orderOf } from './order.ts'

/**
 * All faults of a snapshot's graph: dangling refs, refs to a wrong kind, unknown names, unbreakable cycles. `faulty`
 * resources have other errors and count as existing: refs to them are not dangling, and neither are refs to `external`
 * ones, which only the destination has.
 */
export function checkGraph(
  resources: readonly Resource[],
  kinds: readonly Kind[],
  faulty: Iterable<Ref> = [],
  external: (ref: Ref) => boolean = () => false,
): Issue[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const edgesOf = edgeFinder(kinds)
  const known = new Set<Ref>([...resources.map(refOf), ...faulty])
  const similarTo = inAnyCase(known)
  const issues: Issue[] = []
  const edges: Edge[] = []
  for (const resource of resources) {
    const kind = byName.get(resource.kind)
    if (!kind) continue
    const ref = refOf(resource)
    for (const [name, refField] of Object.entries(kind.refFields)) {
      if (refField.required && !resource.refs[name]) {
        issues.push(
          error(
            'missing-ref',
            ref,
            '/refs',
            `${ref} needs refs.${name}: ${refField.doc}`,
            `Add refs: {${name}: ${refField.kinds[0]}/…}.`,
          ),
        )
      }
    }
    for (const edge of edgesOf(resource)) {
      edges.push(edge)
      const fault = checkEdge(kind, edge, (to) => known.has(to) || external(to), similarTo)
      if (fault) issues.push(fault)
    }
  }
  const { cycles } = orderOf([...known], edges)
  for (const way of cycles) issues.push(cycle(way, edges))
  return issues
}

/** Finds the ref that differs only in upper and lower case. */
function inAnyCase(known: ReadonlySet<Ref>): (ref: Ref) => Ref | undefined {
  let byLowerCase: ReadonlyMap<string, Ref> | undefined
  return (ref) => {
    byLowerCase ??= new Map([...known].toReversed().map((one) => [one.toLowerCase(), one]))
    return byLowerCase.get(ref.toLowerCase())
  }
}

function checkEdge(
  kind: Kind,
  edge: Edge,
  exists: (ref: Ref) => boolean,
  similarTo: (ref: Ref) => Ref | undefined,
): Issue | undefined {
  const { kind: target } = splitRef(edge.to)
  if (edge.via === 'field') {
    const name = edge.pointer.slice('/refs/'.length)
    const slot = kind.refFields[name]
    if (slot && !slot.kinds.includes(target)) {
      return error(
        'wrong-kind',
        edge.from,
        edge.pointer,
        `refs.${name} of ${edge.from} is ${edge.to}, but must be a ${slot.kinds.join(' or ')}.`,
        `Write ${slot.kinds[0]}/KEY.`,
      )
    }
  }
  if (exists(edge.to)) return undefined
  if (edge.via === 'name') {
    const message = `${edge.from} names ${edge.to}, which is not in the snapshot. Prefect looks it up when the flow runs.`
    return { code: 'missing-name', severity: 'warning', message, ref: edge.from, pointer: edge.pointer }
  }
  const similar = similarTo(edge.to)
  const fix = similar
    ? `Did you mean ${similar}?`
    : `Add a document for ${edge.to}, name it under external: if only the destination has it, or remove what points to it.`
  return error(
    'dangling-ref',
    edge.from,
    edge.pointer,
    `${edge.from} points to ${edge.to}, which is not in the snapshot.`,
    fix,
  )
}

function cycle(way: readonly Ref[], edges: readonly Edge[]): Issue {
  const first = way[0] as Ref
  const edge = edges.find(
    ({ from, to, via, deferrable }) => from === first && to === way[1] && via !== 'name' && !deferrable,
  )
  const fix = 'Remove one of these edges: none of them is in a field that can be set later.'
  return error(
    'cycle',
    first,
    edge?.pointer ?? '/refs',
    `These need each other, so none can be made first: ${way.join(' → ')}`,
    fix,
  )
}

function error(code: Issue['code'], ref: Ref, pointer: string, message: string, fix: string): Issue {
  return { code, severity: 'error', message, fix, ref, pointer }
}
