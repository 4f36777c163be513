/**
 * Every secret text of the world `every_kind` (every_kind_blocks.py): none may appear in a snapshot with placeholders, a plan
 * or a log.
 */
export const everyKindSecrets: readonly string[] = [
  's3cr3t-token',
  'p4ss',
  'https://hooks.slack.example/services/T0/B0/secret-hook',
  'https://example.org/hook',
  'hook-token',
  'warehouse-pass',
  'header-secret',
  'inline-pass',
  'hidden-a',
  'hidden-b',
  'deep-secret',
  'anonymous-secret',
]
