import { choice, defineCommand, required } from './command.ts'
import { secretOptions, snapshotForms } from './options.ts'

export const secretsList = defineCommand({
  name: 'secrets list',
  group: 'Share',
  summary: 'List where secrets come from, and whether each has a value',
  description:
    'Lists the secret placeholders of a snapshot, where the value of each comes from, and whether it is available now. Exits with 3 if one is not. Never shows a value.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    ...secretOptions,
    format: choice('-f, --format <format>', 'format of standard output', ['text', 'json']),
  },
  examples: [
    'secrets list prod.snapshot.yaml',
    'secrets list prod.snapshot.yaml --identity key.txt --env-file prod.env',
    'secrets list platform/ -f json',
  ],
  async run(input, io) {
    const { listSecrets } = await import('../operations/list-secrets.ts')
    const { secretTable } = await import('../report/text/secret-table.ts')
    const { withoutSecretExcerpt } = await import('../report/model/redact.ts')
    const { writeJson } = await import('../json.ts')
    const { secrets, issues } = await listSecrets(input, io)
    const status = issues.length > 0 ? 'usage' : 'ok'
    if (input.format === 'json') {
      const common = { schema: 'prefect-snapshot/secrets', version: 1, tool: io.version, exit: io.exitCodeOf(status) }
      io.out(`${writeJson({ ...common, issues: issues.map(withoutSecretExcerpt), secrets } as never, 2)}\n`)
      return status
    }
    io.out(secretTable(secrets, io.style))
    io.warn(issues)
    return status
  },
})
