import { pathText } from '../field-path.ts'
import { edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Scope } from '../model.ts'
import { visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { checkRules } from '../snapshot/check-rules.ts'
import { type DocumentFault, documentFaults } from '../snapshot/document-faults.ts'

/** The resources of an export that can be read again, and what that says of the rest. */
export interface Readable<T extends Resource> {
  readonly resources: readonly T[]
  /** An error for each resource that is left out. */
  readonly issues: readonly Issue[]
  /** Their kinds. */
  readonly incomplete: readonly string[]
}

/**
 * What an export writes can be read again: resources whose documents `validate` would refuse, because a database holds
 * what no request stores, are left out, and so are those that refer to them.
 */
export function readableOf<T extends Resource>(resources: readonly T[], kinds: readonly Kind[]): Readable<T> {
  const faultsOf = documentFaults(kinds)
  const found = new Map<Ref, Issue>()
  for (const resource of resources) {
    const faults = faultsOf(resource)
    if (faults.length > 0) found.set(refOf(resource), faultIssue(refOf(resource), faults))
  }
  const sound = resources.filter((resource) => !found.has(refOf(resource)))
  for (const { ref, severity, pointer = '', message } of checkRules(sound, kinds))
    if (ref !== undefined && severity === 'error' && !found.has(ref))
      found.set(ref, faultIssue(ref, [{ pointer, message }]))
  if (found.size === 0) return { resources, issues: [], incomplete: [] }
  addDependents(found, resources, kinds)
  const left = resources.filter((resource) => found.has(refOf(resource)))
  return {
    resources: resources.filter((resource) => !found.has(refOf(resource))),
    issues: left.flatMap((resource) => found.get(refOf(resource)) ?? []),
    incomplete: [...new Set(left.map(({ kind }) => kind))].sort(),
  }
}

/** A scope whose kinds were not all exported: the absence of a resource of these kinds means nothing. */
export function withIncomplete(scope: Scope, kinds: readonly string[]): Scope {
  return kinds.length === 0 ? scope : { ...scope, incomplete: [...new Set([...scope.incomplete, ...kinds])].sort() }
}

function addDependents(found: Map<Ref, Issue>, resources: readonly Resource[], kinds: readonly Kind[]): void {
  const edgesOf = edgeFinder(kinds)
  const edges = resources.flatMap(edgesOf).filter(({ via }) => via !== 'name')
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const { from, to } of edges) {
      if (found.has(from) || !found.has(to)) continue
      const message = `${visible(from)} is left out of the snapshot: it refers to ${visible(to)}, which is left out.`
      found.set(from, { code: 'left-out', severity: 'error', message, ref: from })
    }
  }
}

function faultIssue(ref: Ref, faults: readonly DocumentFault[]): Issue {
  const reasons = faults.map(({ pointer, message }) => `${pathText(pointer)}: ${message.replace(/\.$/, '')}`)
  const message = `${visible(ref)} is left out of the snapshot, because validate and apply would refuse it: ${visible(reasons.join('; '))}.`
  const fix = 'Change it on the server, and export again.'
  return { code: 'left-out', severity: 'error', message, ref, fix }
}
