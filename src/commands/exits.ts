import type { ExitStatus } from './io.ts'

/**
 * How a command may end besides success, failure, an invalid command line, missing access and an interruption, and when: one
 * sentence each. The manual and the reference print it.
 */
export type Exits = Readonly<Partial<Record<ExitStatus, string>>>

/** Of every command that reads a server. */
export const readExits = {
  incomplete: 'The server could not be read completely, or has something that this version does not know.',
  unsupported: 'This version does not support the server.',
} satisfies Exits

/** Of every command that plans. */
export const planExits = {
  ...readExits,
  policy: 'The plan is refused by the policy file, a rule of your own, or the change limit.',
  unsupported: 'The server does not support a resource of the plan, or this version does not support the server.',
} satisfies Exits

/** Of every command that changes a server. */
export const applyExits = {
  ...planExits,
  partial: 'Some changes were made, others were not, or it is not known whether they were.',
  stale: 'A resource has changed since the plan was shown, and was skipped.',
} satisfies Exits

/** Of the commands that switch a wave. */
export const waveExits = {
  ...readExits,
  changes: 'A member is on at both sides, or it is not known whether it is.',
  partial: 'Some members were switched, others were not. Run the command again.',
  policy: 'The wave may not be switched yet, such as before another one, or without a worker.',
} satisfies Exits
