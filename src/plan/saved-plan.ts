import { Failure, type Issue } from '../issue.ts'
import {
  isMapping,
  isRefText,
  isText,
  isTexts,
  isTooDeep,
  mappingOf,
  misshapen,
  objectOf,
  type Shapes,
} from '../json/shape.ts'
import { isObject, type Json, type JsonObject, own, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { Change, Live, LiveResource, Plan, Ref, Resource, Server } from '../model.ts'
import { byRef, refOf, splitRef } from '../ref.ts'
import { changedText, fingerprint } from '../spec/fingerprint.ts'

const schema = 'prefect-snapshot/saved-plan'

/** A saved plan: the data to compute it again, and to detect later changes of the server. */
export interface Saved {
  readonly schema: typeof schema
  readonly version: 1
  readonly tool: string
  readonly server: Server
  /** The request that the plan was computed from. */
  readonly request: Json
  /** The text of the snapshot. */
  readonly snapshot: string
  /** The approved changes: `create kind/key` and so on, in order. */
  readonly changes: readonly string[]
  /** A hash of every resource of the server that the plan is about. */
  readonly fingerprints: Readonly<Record<Ref, string>>
  /** The state of the changing resources, without secrets. */
  readonly before: Readonly<Record<Ref, Pick<Resource, 'refs' | 'spec'>>>
}

export function savedPlan(
  plan: Plan,
  live: Live,
  origin: { readonly tool: string; readonly request: Json; readonly snapshot: string },
): JsonObject {
  const { url, version } = live.server
  const fingerprints = Object.fromEntries(
    concerned(plan).flatMap((ref) => {
      const resource = live.resources.get(ref)
      return resource ? [[ref, fingerprintIn(plan, ref, resource)]] : []
    }),
  )
  const before = Object.fromEntries(
    plan.changes.flatMap((change) =>
      'before' in change ? [[change.ref, { refs: change.before.refs, spec: change.before.spec }]] : [],
    ),
  )
  return {
    schema,
    version: 1,
    tool: origin.tool,
    server: { url, version },
    request: origin.request,
    changes: plan.changes.map(titleOf),
    before,
    fingerprints,
    snapshot: origin.snapshot,
  }
}

/** The refs that a plan is about, in a stable order: all but those of resources that only the server has. */
function concerned({ changes, unchanged, unsupported, external }: Plan): Ref[] {
  // A resource that is renamed has its old name on the server.
  const changed = changes.flatMap((change) => ('before' in change ? [change.ref, refOf(change.before)] : [change.ref]))
  const all = [...changed, ...unsupported.map(({ ref }) => ref), ...unchanged, ...external]
  return [...new Set(all)].sort(byRef)
}

function titleOf(change: Change): string {
  return `${change.action} ${change.ref}`
}

/** Of an external resource a plan uses nothing but its id. */
function fingerprintIn({ external }: Plan, ref: Ref, resource: LiveResource): string {
  return fingerprint(external.includes(ref) ? { ...resource, refs: {}, spec: {}, secrets: {} } : resource)
}

const image = objectOf({ refs: mappingOf(isText, isRefText), spec: isMapping })
const shapes: Shapes = {
  tool: isText,
  server: objectOf({ url: isText, version: isText }),
  request: isMapping,
  snapshot: isText,
  changes: isTexts,
  fingerprints: mappingOf(isRefText, isText),
  before: mappingOf(isRefText, image),
}

/** Reads a saved plan. Throws `Failure` for another document or version. */
export function parseSaved(file: string, value: Json): Saved {
  const fix = 'Create the plan again.'
  const fail = (reason: string) =>
    new Failure([{ code: 'invalid-plan', severity: 'error', message: `${file} ${reason}`, fix }])
  if (!isObject(value) || value.schema !== schema) throw fail('is not a plan that `plan --out` saved.')
  if (value.version !== 1)
    throw fail(`is a plan of version ${writeJson(value.version ?? null)}, but this tool reads version 1.`)
  const bad = misshapen(value, shapes)
  if (bad.length > 0)
    throw fail(`is damaged: ${bad.join(', ')} ${bad.length === 1 ? 'is' : 'are'} not as this tool writes it.`)
  if (isTooDeep(value)) throw fail('is damaged: its values are nested too deeply.')
  return value as unknown as Saved
}

/** An issue for each resource that has changed since the plan was made. */
export function staleness(saved: Saved, plan: Plan, live: Live, kinds: readonly Kind[]): Issue[] {
  const refs = new Set([...Object.keys(saved.fingerprints), ...concerned(plan)] as Ref[])
  const issues = [...refs].sort().flatMap((ref): Issue[] => {
    const then = own(saved.fingerprints, ref)
    const now = live.resources.get(ref)
    if (then !== undefined && now === undefined) return [moved(ref, 'was deleted')]
    if (then === undefined && now !== undefined) return [moved(ref, 'was created')]
    return now && fingerprintIn(plan, ref, now) !== then ? [moved(ref, howChanged(saved, ref, now, kinds))] : []
  })
  if (issues.length > 0) return issues
  const planned = plan.changes.map(titleOf)
  if (planned.join('\n') === saved.changes.join('\n')) return []
  return [
    {
      code: 'stale-plan',
      severity: 'error',
      message: 'The same snapshot now gives another plan: a policy file or this tool has changed.',
      fix: 'Create the plan again.',
    },
  ]
}

function howChanged({ before }: Saved, ref: Ref, now: LiveResource, kinds: readonly Kind[]): string {
  const known = own(before, ref)
  const kind = kinds.find(({ name }) => name === splitRef(ref).kind)
  if (!known || !kind) return 'was changed'
  const fields = changedText(kind, { ...now, ...known }, now)
  return fields === undefined ? 'was deleted and created again' : `was changed: ${fields}`
}

function moved(ref: Ref, changed: string): Issue {
  return {
    code: 'stale-plan',
    severity: 'error',
    message: `${ref} ${changed} after the plan was made.`,
    ref,
    fix: 'Create the plan again, and review it.',
  }
}
