import type { Context } from '../context.ts'
import { Failure, type IssueCode, issueCodes } from '../issue.ts'
import type { JsonObject } from '../json.ts'
import type { Field, Kind, RefField } from '../kind.ts'
import { shellLine } from '../shell.ts'
import { documentSchema } from '../snapshot/snapshot-schema.ts'
import { suggest } from '../suggest.ts'

/** A subject with its JSON Schema; for a code, `schema` is an object with its meaning. */
export type Subject = { readonly schema: JsonObject } & (
  | { readonly type: 'code'; readonly code: IssueCode }
  | { readonly type: 'kind'; readonly kind: Kind }
  | { readonly type: 'field'; readonly kind: Kind; readonly name: string; readonly field: Field }
  | { readonly type: 'ref'; readonly kind: Kind; readonly name: string; readonly field: RefField }
  | { readonly type: 'everything'; readonly kinds: readonly Kind[] }
)

/** Resolves a word to an issue code, a kind, or a field of a kind; without a word, to everything. Throws `Failure` with a suggestion. */
export function explain(word: string | undefined, { kinds }: Context): Subject {
  if (word === undefined) {
    const docs = Object.fromEntries(kinds.map(({ name, doc }) => [name, doc]))
    return { type: 'everything', kinds, schema: { kinds: docs, codes: issueCodes } }
  }
  if (Object.hasOwn(issueCodes, word)) {
    const code = word as IssueCode
    return { type: 'code', code, schema: { code, meaning: issueCodes[code] } }
  }
  const [name = '', ...rest] = word.split('.')
  const kind = kinds.find((one) => one.name === name)
  if (!kind && kinds.some((one) => word.startsWith(`${one.name}/`))) throw noSnapshot(word)
  if (!kind)
    throw unknownWord(word, [...kinds.map((one) => one.name), ...Object.keys(issueCodes)], 'kind or error code')
  if (rest.length === 0) return { type: 'kind', kind, schema: documentSchema(kind) }
  return fieldOf(kind, rest.join('.').replace(/^(spec|refs)\./, ''))
}

function fieldOf(kind: Kind, name: string): Subject {
  const parts = documentSchema(kind).properties as Record<'spec' | 'refs', { readonly properties: JsonObject }>
  const field = kind.fields[name]
  if (field) return { type: 'field', kind, name, field, schema: parts.spec.properties[name] as JsonObject }
  const ref = kind.refFields[name]
  if (ref) return { type: 'ref', kind, name, field: ref, schema: parts.refs.properties[name] as JsonObject }
  const names = [...Object.keys(kind.refFields), ...Object.keys(kind.fields)]
  throw unknownWord(name, names, `field of ${kind.name}`, (similar) => `${kind.name}.${similar}`)
}

function noSnapshot(ref: string): Failure {
  const message = `${JSON.stringify(ref)} is a resource, and no snapshot is given.`
  const fix = `Add the snapshot that has it: prefect-snapshot explain ${shellLine([ref])} FILE.`
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}

function unknownWord(
  word: string,
  candidates: readonly string[],
  what: string,
  toWord = (similar: string) => similar,
): Failure {
  const similar = suggest(word, candidates)
  const message = `There is no ${what} called ${JSON.stringify(word)}.`
  const fix = similar
    ? `Did you mean prefect-snapshot explain ${toWord(similar)}?`
    : `Choose one of ${candidates.join(', ')}.`
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
