import { isExact } from '../json/number.ts'
import { isObject, type Json, type JsonObject, type Pointer, someString, step } from '../json.ts'
import type { Kind } from '../kind.ts'
import { suggest } from '../suggest.ts'
import { cut, mayHaveToken } from '../token.ts'
import { type Fault, faultOf } from './faults.ts'
import { checkOf } from './validators.ts'

/** Validates one document against the schema of its kind. */
export type Validate = (document: JsonObject) => readonly Fault[]

export function validator(kinds: readonly Kind[]): Validate {
  const known = new Map<string, Kind | undefined>([
    ['snapshot', undefined],
    ...kinds.map((kind) => [kind.name, kind] as const),
  ])
  return (document) => {
    const { kind } = document
    if (typeof kind !== 'string' || !known.has(kind)) return [unknownKind(kind, [...known.keys()])]
    const check = checkOf(kind, known.get(kind))
    if (check(plain(document))) return []
    return withoutRepeated((check.errors ?? []).flatMap((error) => faultOf(error) ?? []))
  }
}

function unknownKind(kind: Json | undefined, known: readonly string[]): Fault {
  if (typeof kind !== 'string')
    return {
      code: 'unknown-kind',
      message: 'The document has no kind.',
      fix: `Begin it with "kind: ${known[1]}".`,
      pointer: '',
    }
  const best = suggest(kind, known)
  const fix = best ? `Did you mean "${best}"?` : `Kinds: ${known.slice(1).join(', ')}`
  return { code: 'unknown-kind', message: `There is no kind "${kind}".`, fix, pointer: '/kind' }
}

/**
 * Removes repeated errors. A choice between forms reports the errors of every form: if the value in one form is wrong,
 * only that error is useful; otherwise only the error of the choice is.
 */
function withoutRepeated(faults: readonly Fault[]): Fault[] {
  const known = new Set<string>()
  const choices = new Set(faults.filter(isChoice).map(({ pointer }) => pointer))
  const aboveWrongValues = new Set(faults.filter(isWrongValue).flatMap(({ pointer }) => parentsOf(pointer)))
  return faults.filter((fault) => {
    const { pointer, message } = fault
    const text = `${pointer}\n${message}`
    if (known.has(text)) return false
    known.add(text)
    if (isChoice(fault)) return !aboveWrongValues.has(pointer)
    if (choices.has(pointer)) return false
    return isWrongValue(fault) || !parentsOf(pointer).some((parent) => choices.has(parent))
  })
}

function isChoice({ message }: Fault): boolean {
  return message.includes('exactly one of these forms')
}

function isWrongValue(fault: Fault): boolean {
  return fault.code === 'invalid-value' && !isChoice(fault) && !fault.message.includes(' lacks ')
}

/** The pointers to the values that a value is in. */
function parentsOf(pointer: Pointer): Pointer[] {
  return [...pointer.matchAll(/\//g)].map(({ index }) => pointer.slice(0, index))
}

/**
 * Converts exact numbers to plain ones, because schemas only look at their values. Returns the same object if there are
 * none.
 */
export function plain(value: Json): Json {
  return hasExact(value) ? withoutExact(value) : value
}

function hasExact(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasExact)
  if (isExact(value)) return true
  for (const key in value) if (hasExact((value as JsonObject)[key] as Json)) return true
  return false
}

function withoutExact(value: Json): Json {
  if (isExact(value)) return Number(value.value)
  if (Array.isArray(value)) return value.map(withoutExact)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutExact(item)]))
}

/** Tokens in freeform JSON that are not closed or name no resource. */
export function tokenFaults(kind: Kind, document: JsonObject): Fault[] {
  const faults: Fault[] = []
  const spec = isObject(document.spec) ? document.spec : {}
  for (const [name, field] of Object.entries(kind.fields)) {
    const value = spec[name]
    if (field.freeform && value !== undefined && someString(value, mayHaveToken)) visit(value, `/spec/${name}`, faults)
  }
  return faults
}

function visit(value: Json, pointer: string, faults: Fault[]): void {
  if (typeof value === 'string') {
    if (!mayHaveToken(value)) return
    for (const text of cut(value).broken)
      faults.push({
        code: 'invalid-token',
        message: `The token ${JSON.stringify(text)} is not closed or does not name a resource.`,
        fix: 'Write <ref:kind/key>, or <<ref: for the literal text.',
        pointer,
      })
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) visit(item, `${pointer}/${index}`, faults)
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      const at = step(pointer, key)
      visit(key, at, faults)
      visit(item, at, faults)
    }
}
