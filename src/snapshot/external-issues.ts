import { edgeFinder } from '../graph/edges.ts'
import type { Issue } from '../issue.ts'
import { step } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Ref, Resource, Snapshot } from '../model.ts'
import { refOf } from '../ref.ts'
import { externalsOf } from '../selection/external.ts'
import { suggest } from '../suggest.ts'

/**
 * Warnings about the `external:` of a header: documents that are not used, with the ref of the resource, and globs that name
 * nothing, with a pointer into the header. `used` is the snapshot without those documents.
 */
export function externalIssues(snapshot: Snapshot, used: Snapshot, kinds: readonly Kind[]): Issue[] {
  const { external = [], resources } = snapshot
  if (external.length === 0) return []
  const usedResources = new Set(used.resources)
  const unused = resources.filter((resource) => !usedResources.has(resource)).map(refOf)
  return [
    ...unused.map(unusedDocument),
    ...uselessGlobs(external, [...unused, ...referred(used.resources, kinds)], kinds),
  ]
}

/** Everything that resources refer to and that has no document. */
export function referred(resources: readonly Resource[], kinds: readonly Kind[]): Ref[] {
  const edgesOf = edgeFinder(kinds)
  const own = new Set(resources.map(refOf))
  return [...new Set(resources.flatMap(edgesOf).map(({ to }) => to))].filter((ref) => !own.has(ref))
}

/** Useless globs with a suggestion: each of them is compared with everything. */
const mostSuggestions = 100

/** A warning about each glob that names none of these refs, with a pointer to it. */
export function uselessGlobs(globs: readonly string[], refs: readonly Ref[], kinds: readonly Kind[]): Issue[] {
  let suggestions = 0
  return globs.flatMap((glob, index): Issue[] => {
    if (refs.some(externalsOf({ external: [glob] }, kinds).covers)) return []
    const near = suggestions++ < mostSuggestions ? suggest(glob, refs) : undefined
    const fix = near ? `Did you mean ${near}?` : 'Remove it. Globs are over kind/key, such as work-pool/k8s/**.'
    const message = `The glob ${glob} under external: matches nothing that the snapshot refers to.`
    return [{ code: 'unused-external', severity: 'warning', message, fix, pointer: step('/external', index) }]
  })
}

function unusedDocument(ref: Ref): Issue {
  return {
    code: 'external-document',
    severity: 'warning',
    message: `${ref} is external, so this document is not used.`,
    fix: 'Remove the document, or make external: name less.',
    ref,
    pointer: '/key',
  }
}
