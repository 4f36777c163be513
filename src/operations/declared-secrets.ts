import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource } from '../model.ts'
import type { Policy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { type Pattern, patternsOf, withPatterns } from '../secrets/secret-path.ts'
import { documentOf } from '../snapshot/format.ts'
import { validator } from '../snapshot/validate-document.ts'

/** Resources with what the patterns name as secrets; throws `Failure` where a document would not be sound then. */
export function withNamedPlaceholders(
  resources: readonly LiveResource[],
  patterns: readonly Pattern[],
  kinds: readonly Kind[],
): readonly LiveResource[] {
  if (patterns.length === 0) return resources
  const marked = withPatterns(resources, patterns, kinds)
  refuseUnsound(
    marked.filter((resource, index) => resource !== resources[index]),
    kinds,
  )
  return marked
}

/** What a server holds, with what the policy names as secrets. */
export function withPlaceholdersOf({ secretPaths }: Policy, live: Live, kinds: readonly Kind[]): Live {
  const resources = withNamedPlaceholders([...live.resources.values()], patternsOf(secretPaths, true), kinds)
  return { ...live, resources: new Map(resources.map((resource) => [refOf(resource), resource])) }
}

function refuseUnsound(changed: readonly LiveResource[], kinds: readonly Kind[]): void {
  const validate = validator(kinds)
  const issues = changed.flatMap((resource) =>
    validate(documentOf(resource)).map(
      ({ message, pointer }): Issue => ({
        code: 'invalid-secret',
        severity: 'error',
        message: `${refOf(resource)} would not be sound with that placeholder: ${message}`,
        fix: 'Use a placeholder for the whole field, or for a value in freeform JSON.',
        ref: refOf(resource),
        pointer,
      }),
    ),
  )
  if (issues.length > 0) throw new Failure(issues)
}
