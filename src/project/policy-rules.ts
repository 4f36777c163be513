import type { Place } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Kind, RuleKeyword } from '../kind.ts'
import { matcherOf } from '../selection/scope.ts'
import { ruleSchemas } from '../snapshot/rule-schema.ts'
import type { MatchedDocuments } from '../snapshot/rule-schema-words.ts'
import { suggest } from '../suggest.ts'

/** A rule of a policy file. */
export interface PolicyRule {
  readonly name: string
  /** A glob over refs. */
  readonly match: string
  /** The environments that it is limited to. */
  readonly environments?: readonly string[]
  /** JSON Schema of a document. */
  readonly schema: Json
  readonly message: string
  readonly severity: 'error' | 'warning'
  readonly place: Place
}

/** Reports a fault at a pointer into the policy file. */
export type Fail = (pointer: Pointer, message: string, fix?: string) => void

/** The rules of a policy file. What its schema cannot say is checked here; what has the wrong structure is left out. */
export function rulesOf(
  settings: JsonObject,
  kinds: readonly Kind[],
  place: (pointer: Pointer) => Place,
  fail: Fail,
): PolicyRule[] {
  const environments = isObject(settings.environments) ? Object.keys(settings.environments) : []
  const lines = new Map<string, number>()
  const schemas = ruleSchemas(new Map(keywordsOf(kinds).map(({ name }) => [name, () => undefined])))
  return (Array.isArray(settings.rules) ? settings.rules : []).flatMap((rule, index) => {
    const at = step('/rules', index)
    if (!isObject(rule)) return []
    const { name, match, schema, message, severity } = rule
    if (typeof name === 'string') {
      const line = lines.get(name)
      if (line !== undefined) fail(step(at, 'name'), `The rule of line ${line} has the name ${name} too.`)
      lines.set(name, line ?? place(step(at, 'name')).line)
    }
    const limited = textsIn(rule.environments)
    for (const [index, environment] of limited.entries())
      checkEnvironment(environment, environments, step(step(at, 'environments'), index), fail)
    const matched = typeof match === 'string' ? matchedKinds(match, kinds, step(at, 'match'), fail) : kinds
    if (schema !== undefined && (isObject(schema) || typeof schema === 'boolean'))
      for (const { pointer, message, fix } of schemas.faults(schema, keywordsOf(matched), namesOf(matched)))
        fail(step(at, 'schema') + pointer, message, fix)
    if (typeof name !== 'string' || typeof match !== 'string' || typeof message !== 'string' || schema === undefined)
      return []
    return [
      {
        name,
        match,
        ...(limited.length > 0 ? { environments: limited } : {}),
        schema,
        message,
        severity: severity === 'warning' ? 'warning' : 'error',
        place: place(step(at, 'name')),
      },
    ]
  })
}

/** Whether the glob of a rule names more than kinds, so that it is a mistake if nothing matches. */
export function namesSomething({ match }: PolicyRule): boolean {
  const [, ...key] = match.split('/')
  return /[^*/]/.test(key.join('/'))
}

/** The keywords that the kinds add to JSON Schema. */
export function keywordsOf(kinds: readonly Kind[]): readonly RuleKeyword[] {
  return kinds.flatMap(({ ruleKeywords = [] }) => ruleKeywords)
}

function textsIn(value: Json | undefined): string[] {
  return (Array.isArray(value) ? value : []).filter((item) => typeof item === 'string')
}

function checkEnvironment(name: string, known: readonly string[], pointer: Pointer, fail: Fail): void {
  if (known.includes(name)) return
  const similar = suggest(name, known)
  const list = known.length > 0 ? `The environments are ${known.join(', ')}.` : 'environments: has no names.'
  fail(pointer, `There is no environment ${JSON.stringify(name)}.`, similar ? `Did you mean ${similar}?` : list)
}

/** The kinds of which a glob can match resources. */
function matchedKinds(match: string, kinds: readonly Kind[], pointer: Pointer, fail: Fail): readonly Kind[] {
  const [head = '', ...rest] = match.split('/')
  if (match.split('{').length !== match.split('}').length)
    fail(pointer, `${JSON.stringify(match)} has a brace without its other half.`)
  else if (/^\*\*/.test(head) || head.split('{').length !== head.split('}').length) return kinds
  else {
    const fits = matcherOf(head)
    const matched = kinds.filter(({ name }) => fits(name))
    const names = kinds.map(({ name }) => name)
    if (matched.length > 0 && rest.length > 0) return matched
    const similar = suggest(head, names)
    if (matched.length > 0) {
      fail(pointer, `${match} matches no kind/key.`, `Write ${match}/**.`)
      return matched
    }
    fail(
      pointer,
      `There is no kind ${JSON.stringify(head)}.`,
      similar ? `Did you mean ${similar}?` : `Kinds: ${names.join(', ')}`,
    )
  }
  return kinds
}

/** What every document of some kinds has, and what it can have. */
function namesOf(kinds: readonly Kind[]): MatchedDocuments {
  const fields = [...new Set(kinds.flatMap(({ fields }) => Object.keys(fields)))]
  return {
    document: ['kind', 'key', 'refs', 'spec', 'secrets'],
    spec: fields,
    defaulted: fields.filter((name) => kinds.every(({ fields }) => fields[name]?.default !== undefined)),
    refs: [...new Set(kinds.flatMap(({ refFields }) => Object.keys(refFields)))],
  }
}
