import type { Issue } from '../issue.ts'
import { byCodePoint, type Json, type JsonObject, type Pointer } from '../json.ts'
import type { DroppedSetting, GuessedSecret, Kind, Names } from '../kind.ts'
import type { Id, LiveResource, Placeholder, Ref } from '../model.ts'
import { canonicalSpec } from '../spec.ts'
import { expectsId, idsToTokens } from '../token.ts'

/**
 * Encodes a server's object as a resource; undefined if it is not a resource of its own. Adds an issue for each ID that
 * could not be resolved, each declared secret that was not found, and each setting that Prefect 3 does not have.
 */
export function encodeOne(
  kind: Kind,
  raw: JsonObject,
  names: Names,
  idKeys: ReadonlySet<string>,
  issues: Issue[],
): LiveResource | undefined {
  const ref = names.refOf(raw.id)
  if (!ref) return undefined
  const encoded = kind.encode(raw, names)
  const spec: Record<string, Json | undefined> = { ...encoded.spec }
  for (const name of Object.keys(kind.fields)) {
    const value = spec[name]
    const { freeform, idsExceptIn } = kind.fields[name] ?? {}
    if (value === undefined || !freeform) continue
    spec[name] = idsToTokens(value, names.refOf, (id, text, pointer) => {
      if (expectsId(id, text, `/${name}${pointer}`, { idKeys, idsExceptIn }))
        issues.push(unresolvedIssue(ref, `/spec/${name}${pointer}`, id))
    })
  }
  const guesses = encoded.guessedSecrets ?? []
  for (const guessed of guesses) issues.push(guessedIssue(ref, guessed))
  for (const dropped of encoded.dropped ?? []) issues.push(droppedIssue(ref, dropped))
  const refs: Record<string, Ref> = {}
  for (const [field, to] of Object.entries(encoded.refs)) if (to !== undefined) refs[field] = to
  return {
    kind: kind.name,
    key: ref.slice(kind.name.length + 1),
    refs,
    spec: canonicalSpec(kind, spec),
    secrets: sortedByPointer(encoded.secrets ?? {}),
    ...(guesses.length > 0 ? { guessedSecrets: guesses.flatMap(({ pointers }) => pointers) } : {}),
    id: String(raw.id) as Id,
    ...(typeof raw.created === 'string' ? { createdAt: raw.created } : {}),
    carriedOver: Object.fromEntries((kind.carryOver ?? []).map((name) => [name, raw[name] ?? null])),
  }
}

function sortedByPointer(secrets: Readonly<Record<Pointer, Placeholder>>): Record<Pointer, Placeholder> {
  return Object.fromEntries(Object.entries(secrets).sort(([a], [b]) => byCodePoint(a, b)))
}

function droppedIssue(ref: Ref, { what, fix }: DroppedSetting): Issue {
  return {
    code: 'no-equivalent',
    severity: 'warning',
    message: `${ref} has ${what}, which no request of Prefect 3 can set.`,
    ref,
    fix,
  }
}

function guessedIssue(ref: Ref, { path, pointers }: GuessedSecret): Issue {
  const values = pointers.length === 1 ? 'the value' : 'the values'
  return {
    code: 'unmatched-secret',
    severity: 'warning',
    message: `${ref} declares the secret field "${path}", which its data does not contain under that name. Instead, ${values} at ${pointers.join(', ')} ${pointers.length === 1 ? 'is' : 'are'} treated as secret.`,
    ref,
    ...(pointers[0] === undefined ? {} : { pointer: `/spec${pointers[0]}` }),
    fix: 'Check that no other value of the block is a secret. Use --secret-path to declare others.',
  }
}

function unresolvedIssue(ref: Ref, pointer: string, id: string): Issue {
  const message = `${ref} contains the ID ${id}, which belongs to no resource that was read.`
  return {
    code: 'unresolved-id',
    severity: 'warning',
    message,
    ref,
    pointer,
    fix: 'Remove it at the source, or apply with --allow-unresolved.',
  }
}
