import type { Context } from '../context.ts'
import type { Issue } from '../issue.ts'
import type { Ref } from '../model.ts'
import { sourceText } from '../placeholder.ts'
import { missingSecretIssue } from '../plan/guard.ts'
import { refOf } from '../ref.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { placed } from './make-plan.ts'
import { type SecretRequest, secretValuesFor } from './secret-sources.ts'

export interface ListSecretsRequest extends SecretRequest {
  readonly snapshot: string
}

/** One secret placeholder of a snapshot, without its value. */
export interface ListedSecret {
  readonly ref: Ref
  /** JSON Pointer into the resource's spec. */
  readonly pointer: string
  /** The source of the value, as text. */
  readonly source: string
  /** Whether it has a value now. */
  readonly filled: boolean
  /** Why it has no value. */
  readonly reason?: string
}

/** Lists the secret placeholders of a snapshot, with an issue for each that has no value now. */
export async function listSecrets(
  request: ListSecretsRequest,
  context: Context,
): Promise<{ readonly secrets: readonly ListedSecret[]; readonly issues: readonly Issue[] }> {
  const parsed = await loadSnapshot(request.snapshot, context)
  const values = await secretValuesFor(parsed.snapshot.resources, request, context)
  const secrets: ListedSecret[] = []
  const issues: Issue[] = []
  for (const resource of parsed.snapshot.resources)
    for (const [pointer, source] of Object.entries(resource.secrets)) {
      const ref = refOf(resource)
      const missing = values.missingReason(source)
      const row = { ref, pointer, source: sourceText(source), filled: !missing }
      secrets.push(missing ? { ...row, reason: missing.reason } : row)
      if (missing)
        issues.push(placed(missingSecretIssue(missing, ref, pointer, `has no value for ${pointer}:`), parsed))
    }
  return { secrets, issues }
}
