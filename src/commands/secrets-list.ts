import { secretsFormats } from '../report/index.ts'
import { defineCommand, required } from './command.ts'
import { formatOf, secretOptions, snapshotForms } from './options.ts'

export const secretsList = defineCommand({
  name: 'secrets list',
  group: 'Share',
  summary: 'List where secrets come from, and whether each has a value',
  description:
    'Lists the secret placeholders of a snapshot, where the value of each comes from, and whether it is available now. Exits with 3 if one is not. Never shows a value.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    ...secretOptions,
    ...formatOf(secretsFormats),
  },
  examples: [
    'secrets list prod.snapshot.yaml',
    'secrets list prod.snapshot.yaml --identity key.txt --env-file prod.env',
    'secrets list platform/ -f json',
  ],
  async run(input, io) {
    const { listSecrets } = await import('../operations/list-secrets.ts')
    const { secretsReporters } = await import('../report/index.ts')
    const { withoutSecretExcerpt } = await import('../report/model/redact.ts')
    const { secrets, issues } = await listSecrets(input, io)
    const status = issues.length > 0 ? 'usage' : 'ok'
    const common = { schema: 'prefect-snapshot/secrets', version: 1, tool: io.version } as const
    const report = { ...common, exit: io.exitCodeOf(status), issues: issues.map(withoutSecretExcerpt), secrets }
    const reporter = await secretsReporters[input.format]()
    io.out(reporter(report, { style: io.style, width: io.width }))
    if (input.format !== 'json') io.warn(issues)
    return status
  },
})
