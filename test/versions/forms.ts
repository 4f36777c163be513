/**
 * Fields that one of two versions lacks, with the default that the other one fills in: equal by plain HTTP but for these. A value
 * that is no default is a difference. Each with the release that brought the field.
 */
const defaults: readonly (readonly [kind: string, path: string, value: string, since: string])[] = [
  ['flow', '/labels', '{}', '3.1.5'],
  // Servers label each deployment with its flow, and with the labels of the flow, which the plan names there.
  [
    'deployment',
    '/labels',
    '{("critical":true,"level":3,"owner":"data",)?"prefect.flow.id":"[^"]*"(,"ratio":.*)?}',
    '3.1.5',
  ],
  // Only 3.0 has these two.
  ['deployment', '/schedules/\\d+/catchup', 'false', '3.0.0'],
  ['deployment', '/schedules/\\d+/max_active_runs', 'null', '3.0.0'],
  ['deployment', '/schedules/\\d+/slug', 'null', '3.2.0'],
  ['deployment', '/schedules/\\d+/parameters', '{}', '3.2.0'],
  ['work-pool', '/storage_configuration', '{("\\w+":null,?)*}', '3.2.14'],
  ['work-pool', '/storage_configuration/default_result_storage_block_id', 'null', '3.4.0'],
  ['automation', '(/\\d+)?/tags', '[]', '3.4.7'],
  ['automation', '.*/schedule_after', '.*"0\\.0".*', '3.4.15'],
  ['deployment', '/concurrency_options/grace_period_seconds', 'null', '3.6.6'],
  ['automation', '.*/force', 'false', '3.6.11'],
]

const forms = defaults.map(([kind, path, value]): readonly [kind: string, line: RegExp] => {
  const filled = value.replace(/^\{/, '\\{').replace(/\}$/, '\\}').replace('[]', '\\[\\]')
  return [kind, new RegExp(`^${path}: (undefined → ${filled}|${filled} → undefined)$`)]
})

/** Whether a difference, `/path: a → b`, is only a default that one side fills in. */
export function isForm(name: string, line: string): boolean {
  return forms.some(([kind, pattern]) => name.startsWith(`${kind}/`) && pattern.test(line))
}
