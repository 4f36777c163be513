import { commandFormats } from '../report/index.ts'
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
    ...formatOf(commandFormats),
  },
  examples: [
    'secrets list prod.snapshot.yaml',
    'secrets list prod.snapshot.yaml --identity key.txt --secret-env-file prod.env',
    'secrets list platform/ -f json',
  ],
  async run(input, io) {
    const { listSecrets } = await import('../operations/list-secrets.ts')
    const { commonOf, printCommand } = await import('./print.ts')
    const { secrets, issues } = await listSecrets(input, io)
    const status = issues.length > 0 ? 'usage' : 'ok'
    const common = { schema: 'prefect-snapshot/secrets', ...commonOf(issues, status, io) } as const
    await printCommand({ ...common, secrets }, input.format, io)
    if (input.format !== 'json') io.warn(issues)
    return status
  },
})
