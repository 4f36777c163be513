/**
 * Fields that one of two versions lacks, with the default that the other one fills in, and values that two versions return in
 * another form: equal by plain HTTP but for these. Each with the release that brought it.
 */
const forms: readonly (readonly [kind: string, line: RegExp])[] = [
  // 3.7.2: an action that changes a state may force it.
  ['automation', /\/force: (undefined → false|false → undefined)$/],
  // 3.4.15: an action may start a run later.
  ['automation', /\/schedule_after: (undefined → .*"0\.0".*|.*"0\.0".* → undefined)$/],
  // 3.6.6: how long a run waits for a slot.
  ['deployment', /\/grace_period_seconds: (undefined → null|null → undefined)$/],
  // 3.4.0: the block for results.
  ['work-pool', /"default_result_storage_block_id":null/],
]

/** Whether a difference, `/path: a → b`, is only one of form. */
export function isForm(name: string, line: string): boolean {
  return forms.some(([kind, pattern]) => name.startsWith(`${kind}/`) && pattern.test(line))
}
