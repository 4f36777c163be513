import type { ExitStatus } from '../commands/io.ts'
import type { Issue, IssueCode } from '../issue.ts'

/** The exit code of each status of a command. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  changes: 2,
  usage: 3,
  auth: 4,
  partial: 5,
  stale: 6,
  policy: 7,
  incomplete: 8,
  unsupported: 9,
  'server-only': 10,
  interrupted: 130,
} as const satisfies Record<ExitStatus, number>

/** The statuses of issue codes. The default is `usage`, since most codes report errors in the input. */
const statuses: Partial<Record<IssueCode, ExitStatus>> = {
  'unreachable-server': 'failed',
  'not-prefect': 'failed',
  'not-authenticated': 'auth',
  'permission-denied': 'auth',
  'no-workspace': 'auth',
  'csrf-rejected': 'auth',
  'tier-limit': 'failed',
  'not-found': 'failed',
  conflict: 'failed',
  rejected: 'failed',
  'server-error': 'failed',
  timeout: 'failed',
  'connection-lost': 'failed',
  unavailable: 'failed',
  tls: 'failed',
  'unwritable-file': 'failed',
  'unknown-id': 'failed',
  'not-converged': 'failed',
  bug: 'failed',
  'incomplete-read': 'incomplete',
  'echoed-credentials': 'incomplete',
  'unexpected-answer': 'incomplete',
  'incomplete-answer': 'incomplete',
  'left-out': 'incomplete',
  'unknown-value': 'incomplete',
  'not-in-format': 'incomplete',
  'possible-secret': 'incomplete',
  'unmatched-secret': 'incomplete',
  'stale-plan': 'stale',
  'changed-meanwhile': 'stale',
  'changed-on-both': 'changes',
  'kept-at-new': 'changes',
  'rule-violation': 'policy',
  protected: 'policy',
  'in-use': 'policy',
  'default-queue': 'policy',
  'change-limit': 'policy',
  'active-on-both': 'policy',
  'wave-order': 'policy',
  'no-worker': 'policy',
  'on-both-sides': 'changes',
  'not-switched': 'partial',
  'inexact-shift': 'policy',
  unsupported: 'unsupported',
  interrupted: 'interrupted',
}

/** The status of a command that ends with these issues: that of the first error, where the operation stopped. */
export function statusOf(issues: readonly Issue[]): ExitStatus {
  const first = issues.find(({ severity }) => severity === 'error') ?? issues[0]
  return (first && statuses[first.code]) ?? 'usage'
}

/** The exit code of a status. */
export function exitCodeOf(status: ExitStatus): number {
  return exitCodes[status]
}
