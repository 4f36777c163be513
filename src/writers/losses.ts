import type { Issue } from '../issue.ts'
import { listAt } from '../list-at.ts'
import type { Ref, Resource } from '../model.ts'
import { kindsText } from '../plain-text.ts'
import { refOf } from '../ref.ts'

/** What a format cannot hold, as a writer finds it. */
export interface Losses {
  /** The resource is in the files without a part: `the labels`, `the anchor of a schedule`. */
  part(resource: Resource, what: string, fix?: string): void
  /** The resource is not in the files at all; `why` is a clause: `a trigger cannot have tags`. */
  whole(resource: Resource, why: string, fix?: string): void
  /** The parts that a resource lacks, for a comment beside it. */
  of(resource: Resource): readonly string[]
  /** Everything as issues: one for each part and each reason, with the resources that it is about. */
  issues(): Issue[]
}

/** The most resources that an issue names. */
const mostNamed = 5

/** Collects losses. Messages call the format `format`, and what is written in it `files`. */
export function collectLosses(format: string, files = format): Losses {
  const parts = new Map<string, Ref[]>()
  const wholes = new Map<string, Ref[]>()
  const fixes = new Map<string, string>()
  const ofEach = new Map<Ref, string[]>()
  const note = (found: Map<string, Ref[]>, text: string, resource: Resource, fix: string | undefined) => {
    const refs = listAt(found, text)
    if (!refs.includes(refOf(resource))) refs.push(refOf(resource))
    if (fix !== undefined) fixes.set(text, fix)
  }
  const issue = (severity: Issue['severity'], text: string, refs: readonly Ref[], message: string): Issue => {
    const [only, ...more] = refs
    const about = only !== undefined && more.length === 0 ? { ref: only } : {}
    const fix = fixes.get(text)
    return { code: 'not-in-format', severity, message, ...(fix === undefined ? {} : { fix }), ...about }
  }
  return {
    part(resource, what, fix) {
      note(parts, what, resource, fix)
      const own = listAt(ofEach, refOf(resource))
      if (!own.includes(what)) own.push(what)
    },
    whole: (resource, why, fix) => note(wholes, why, resource, fix),
    of: (resource) => ofEach.get(refOf(resource)) ?? [],
    issues: () => [
      ...[...wholes].map(([why, refs]) =>
        issue('error', why, refs, `${namesText(refs)}: not in ${files}, because ${why}.`),
      ),
      ...[...parts].map(([what, refs]) =>
        issue('warning', what, refs, `${namesText(refs)}: ${format} cannot hold ${what}.`),
      ),
    ],
  }
}

function namesText(refs: readonly Ref[]): string {
  const named = refs.slice(0, mostNamed)
  if (refs.length > named.length) return `${named.join(', ')} and ${refs.length - named.length} more`
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}

/** One warning about the resources of kinds that a format does not have; none if there are no such resources. */
export function otherKinds(format: string, holds: string, others: readonly Resource[]): Issue[] {
  if (others.length === 0) return []
  const message = `Not in ${format}, which holds only ${holds}: ${kindsText(others)}.`
  const fix = 'Move these with a snapshot, for example with: export -o all.snapshot.yaml.'
  return [{ code: 'not-in-format', severity: 'warning', message, fix }]
}
