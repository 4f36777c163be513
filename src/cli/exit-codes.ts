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

/** What each status says, as one sentence. The reference and the manual print it. */
export const exitMeanings = {
  ok: 'Success.',
  failed: 'Failure, such as a server that cannot be reached or refuses a request.',
  changes:
    'Changes (`plan --exit-code`, `diff --exit-code`), drift (`export --check`), or differences (`verify`, `restore --drill`, commands of `migrate`).',
  usage: 'Invalid command line, snapshot or file.',
  auth: 'Not authenticated or not authorized, or no such workspace.',
  partial:
    'Partly applied, such as when the key expires meanwhile, also if it is not known whether the server executed a request.',
  stale:
    'Stale plan: the server has changed since the plan was saved, or a resource since the plan was shown, which was skipped; in CI, also a plan that was not reviewed.',
  policy: 'Refused by a policy, a rule of your own, or the change limit.',
  incomplete:
    'The server could not be read completely, or something was left out: a value that no snapshot may contain, that this version does not know, or that the format cannot hold.',
  unsupported: 'The server does not support the resource, or the server itself is not supported.',
  'server-only':
    'Nothing to change, but the server has more than the snapshot, in its scope (`plan --exit-code`, `verify`).',
  interrupted: 'Interrupted; requests in flight were completed and are in the journal.',
} as const satisfies Record<ExitStatus, string>

/** The statuses with which every command may end. */
export const commonStatuses: readonly ExitStatus[] = ['ok', 'failed', 'usage', 'auth', 'interrupted']

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
  'migration-locked': 'failed',
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
