import { Failure, type Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Live, LiveResource } from '../model.ts'
import type { Policy } from '../project/policy-file.ts'
import { refOf } from '../ref.ts'
import { type Pattern, patternsOf, withPatterns } from '../secrets/secret-path.ts'
import { documentOf } from '../snapshot/format.ts'
import { validator } from '../snapshot/validate-document.ts'

/** Marks the values that match the patterns as secrets. Throws `Failure` if a document would then be invalid. */
export function withSecretPatterns(
  resources: readonly LiveResource[],
  patterns: readonly Pattern[],
  kinds: readonly Kind[],
): readonly LiveResource[] {
  if (patterns.length === 0) return resources
  const marked = withPatterns(resources, patterns, kinds)
  refuseInvalid(
    marked.filter((resource, index) => resource !== resources[index]),
    kinds,
  )
  return marked
}

/** Marks the values that the policy declares as secrets in the resources of a server. */
export function withDeclaredSecrets({ secretPaths }: Policy, live: Live, kinds: readonly Kind[]): Live {
  const resources = withSecretPatterns([...live.resources.values()], patternsOf(secretPaths, true), kinds)
  return { ...live, resources: new Map(resources.map((resource) => [refOf(resource), resource])) }
}

function refuseInvalid(changed: readonly LiveResource[], kinds: readonly Kind[]): void {
  const validate = validator(kinds)
  const issues = changed.flatMap((resource) =>
    validate(documentOf(resource)).map(
      ({ message, pointer }): Issue => ({
        code: 'invalid-secret',
        severity: 'error',
        message: `${refOf(resource)} would be invalid with this placeholder: ${message}`,
        fix: 'Use a placeholder for the whole field, or for a value in freeform JSON.',
        ref: refOf(resource),
        pointer,
      }),
    ),
  )
  if (issues.length > 0) throw new Failure(issues)
}
