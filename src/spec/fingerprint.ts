import { createHash } from 'node:crypto'
import { type Json, type JsonObject, sortKeys, writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { LiveResource, Resource } from '../model.ts'
import { differences } from './differences.ts'

/** A hash of everything that a plan compares; for secrets, only their pointers. */
export function fingerprint({ id, refs, spec, secrets }: LiveResource): string {
  return hashOf({ id, refs, spec, secrets: Object.keys(secrets) })
}

/**
 * A hash of everything in a server's object that a request can change. The server itself changes the other fields
 * (`FieldCoverage.own`): times of changes, the status, what workers report.
 */
export function objectFingerprint({ coverage }: Pick<Kind, 'coverage'>, object: JsonObject): string {
  const own = new Set(coverage.own)
  return hashOf(Object.fromEntries(Object.entries(object).filter(([name]) => !own.has(name))))
}

/** The fields in which a resource has changed, in words: `/spec/value 1 → 2`; undefined if it has not. */
export function changedText(kind: Kind, before: Resource, now: Resource): string | undefined {
  const fields = differences(kind, before, now).map(
    ({ pointer, before, after }) => `${pointer} ${show(before)} → ${show(after)}`,
  )
  return fields.length > 0 ? fields.join(', ') : undefined
}

function show(value: Json | undefined): string {
  return value === undefined ? '(none)' : writeJson(value).slice(0, 80)
}

function hashOf(content: Json): string {
  return createHash('sha256')
    .update(writeJson(sortKeys(content)))
    .digest('hex')
}
