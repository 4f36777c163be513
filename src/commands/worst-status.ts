import type { ExitStatus } from './io.ts'

/** Every status from the best to the worst: nothing to do, differences, what was refused, what failed, what was left half done. */
const order = [
  'ok',
  'server-only',
  'changes',
  'incomplete',
  'unsupported',
  'policy',
  'stale',
  'usage',
  'auth',
  'failed',
  'partial',
  'interrupted',
] as const satisfies readonly ExitStatus[]

/** The status of a command that ended with several. */
export function worstOf(statuses: readonly ExitStatus[]): ExitStatus {
  const worst = Math.max(0, ...statuses.map((status) => order.indexOf(status)))
  return order[worst] ?? 'failed'
}
