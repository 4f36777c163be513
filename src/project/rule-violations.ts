import { pathText, slugsAlong } from '../field-path.ts'
import type { Issue } from '../issue.ts'
import { type JsonObject, step } from '../json.ts'
import type { KeywordCheck, Kind, Misfit } from '../kind.ts'
import type { Ref, Resource } from '../model.ts'
import { originAt } from '../overlay/apply-overlay.ts'
import { countedIssues } from '../overlay/counted-issues.ts'
import { visible } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import { Secret } from '../secret.ts'
import { matcherOf } from '../selection/scope.ts'
import { documentOf } from '../snapshot/format.ts'
import type { Parsed } from '../snapshot/parse.ts'
import { ruleSchemas } from '../snapshot/rule-schema.ts'
import { keywordsOf, type PolicyRule } from './policy-rules.ts'

/** Resources, with the places of their values. */
export interface Judged {
  readonly resources: readonly Resource[]
  readonly parsed: Pick<Parsed, 'placeOf' | 'originsOf'>
}

/** What the rules say of resources. */
export interface Judgment {
  readonly issues: readonly Issue[]
  /** The rules that apply, but match none of the resources. */
  readonly unused: readonly PolicyRule[]
}

/** Checks resources by the rules of a policy file that apply to an environment. */
export async function judge(
  { resources, parsed }: Judged,
  rules: readonly PolicyRule[],
  environment: string | undefined,
  kinds: readonly Kind[],
): Promise<Judgment> {
  const applying = rules.filter(
    ({ environments }) => !environments || (environment !== undefined && environments.includes(environment)),
  )
  if (applying.length === 0) return { issues: [], unused: [] }
  const schemas = ruleSchemas(await keywordChecks(kinds))
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  const documents = resources.map((resource) => ({ ref: refOf(resource), value: judgedDocument(resource, byName) }))
  const issues: Issue[] = []
  const unused: PolicyRule[] = []
  for (const rule of applying) {
    const [matches, check] = [matcherOf(rule.match), schemas.compile(rule.schema)]
    const matched = documents.filter(({ ref }) => matches(ref))
    if (matched.length === 0) unused.push(rule)
    for (const { ref, value } of matched)
      for (const misfit of check(value)) issues.push(violation(ref, value, rule, misfit, parsed))
  }
  // A line of an overlay may be at fault in many resources.
  return { issues: countedIssues(issues), unused }
}

async function keywordChecks(kinds: readonly Kind[]): Promise<ReadonlyMap<string, KeywordCheck>> {
  const loaded = keywordsOf(kinds).map(async ({ name, load }) => [name, await load()] as const)
  return new Map(await Promise.all(loaded))
}

/**
 * The document as rules see it: with the defaults of its kind, so that a value is judged whether it is written or not, and
 * without secrets in clear text.
 */
function judgedDocument(resource: Resource, kinds: ReadonlyMap<string, Kind>): JsonObject {
  const { kind, key, refs, secrets } = documentOf({ ...resource, secrets: withoutPlain(resource.secrets) })
  const defaults = Object.entries(kinds.get(resource.kind)?.fields ?? {}).flatMap(([name, field]) =>
    field.default === undefined || step('', name) in resource.secrets ? [] : [[name, field.default] as const],
  )
  const spec = { ...Object.fromEntries(defaults), ...resource.spec }
  return { kind, key, refs: refs ?? {}, spec, secrets: secrets ?? {} } as JsonObject
}

function withoutPlain(secrets: Resource['secrets']): Resource['secrets'] {
  return Object.fromEntries(
    Object.entries(secrets).map(([pointer, placeholder]) => [
      pointer,
      'plain' in placeholder ? { plain: new Secret('hidden') } : placeholder,
    ]),
  )
}

function violation(
  ref: Ref,
  document: JsonObject,
  { name, message, severity, place: own }: PolicyRule,
  { pointer, reason }: Misfit,
  parsed: Judged['parsed'],
): Issue {
  const path = pointer === '' ? '' : ` ${pathText(pointer, slugsAlong(document, pointer))}`
  const origin = pointer === '' ? undefined : originAt(parsed.originsOf?.(ref) ?? [], pointer)
  // The line of an overlay that made the value, or else the line of the snapshot.
  const place = origin ?? parsed.placeOf(ref, pointer)
  return {
    code: 'rule-violation',
    severity,
    message: `${visible(ref + path)}: ${visible(message.trim().replace(/\.$/, ''))} (rule ${name}): it ${visible(reason)}.`,
    fix: `Change the value, or the rule at ${own.file}:${own.line}.`,
    ref,
    pointer,
    rule: name,
    ...(place ? { place } : {}),
  }
}
