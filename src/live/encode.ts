import type { Issue } from '../issue.ts'
import { byCodePoint, type Json, type JsonObject, type Pointer } from '../json.ts'
import type { DroppedSetting, Kind, Names } from '../kind.ts'
import type { Id, LiveResource, Placeholder, Ref } from '../model.ts'
import { canonicalSpec } from '../spec.ts'
import { expectsId, idsToTokens } from '../token.ts'

/**
 * An object as a resource; undefined where it is none of its own. Ids that stand where one is expected, and that nothing
 * has, are told.
 */
export function encodeOne(kind: Kind, raw: JsonObject, names: Names, issues: Issue[]): LiveResource | undefined {
  const ref = names.refOf(raw.id)
  if (!ref) return undefined
  const encoded = kind.encode(raw, names)
  const spec: Record<string, Json | undefined> = { ...encoded.spec }
  for (const name of Object.keys(kind.fields)) {
    const value = spec[name]
    if (value === undefined || !kind.fields[name]?.freeform) continue
    spec[name] = idsToTokens(value, names.refOf, (id, text, pointer) => {
      if (expectsId(id, text, `/${name}${pointer}`)) issues.push(unresolved(ref, `/spec/${name}${pointer}`, id))
    })
  }
  for (const dropped of encoded.dropped ?? []) issues.push(noLonger(ref, dropped))
  const refs: Record<string, Ref> = {}
  for (const [slot, to] of Object.entries(encoded.refs)) if (to !== undefined) refs[slot] = to
  return {
    kind: kind.name,
    key: ref.slice(kind.name.length + 1),
    refs,
    spec: canonicalSpec(kind, spec),
    secrets: sortedByPointer(encoded.secrets ?? {}),
    id: String(raw.id) as Id,
    carriedOver: Object.fromEntries((kind.carryOver ?? []).map((name) => [name, raw[name] ?? null])),
  }
}

function sortedByPointer(secrets: Readonly<Record<Pointer, Placeholder>>): Record<Pointer, Placeholder> {
  return Object.fromEntries(Object.entries(secrets).sort(([a], [b]) => byCodePoint(a, b)))
}

function noLonger(ref: Ref, { what, fix }: DroppedSetting): Issue {
  return {
    code: 'no-longer',
    severity: 'warning',
    message: `${ref} has ${what}: Prefect 3 has no such setting`,
    ref,
    fix,
  }
}

function unresolved(ref: Ref, pointer: string, id: string): Issue {
  const message = `${ref} holds the id ${id}, and nothing that was read has it`
  return {
    code: 'unresolved-id',
    severity: 'warning',
    message,
    ref,
    pointer,
    fix: 'Remove it at the source, or apply with --allow-unresolved',
  }
}
