import { type Edge, edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, Resource } from '../model.ts'
import { idOfUnread, refOf } from '../ref.ts'
import { parentsOf } from '../selection/external.ts'

/** Resources that can be written as they were, and a warning for each other one. */
export interface Restorable {
  readonly resources: readonly Resource[]
  readonly issues: readonly Issue[]
}

/** The resources that refer to nothing that is gone: to each other, or to what the server has. Pure. */
export function restorable(resources: readonly Resource[], live: Live, kinds: readonly Kind[]): Restorable {
  const edgesOf = edgeFinder(kinds)
  const left = new Map(resources.map((resource) => [refOf(resource), resource]))
  const isGone = ({ to, via }: Edge) =>
    via !== 'name' &&
    !left.has(to) &&
    !live.resources.has(to) &&
    idOfUnread(to) === undefined &&
    // A server makes some of what belongs to a resource along with it.
    !parentsOf(to, kinds).some((parent) => left.has(parent))
  const issues: Issue[] = []
  // One that is left out is missing for those that refer to it.
  for (let found = true; found; ) {
    found = false
    for (const [ref, resource] of left) {
      const edge = edgesOf(resource).find(isGone)
      if (!edge) continue
      found = true
      left.delete(ref)
      issues.push(leftOut(edge))
    }
  }
  return { resources: resources.filter((resource) => left.has(refOf(resource))), issues }
}

function leftOut({ from, to, pointer }: Edge): Issue {
  const message = `${from} is left as it is: it referred to ${to}, which does not exist any more.`
  const fix = `Create ${to} again, and repeat the undo.`
  return { code: 'missing-external', severity: 'warning', message, fix, ref: from, pointer }
}
