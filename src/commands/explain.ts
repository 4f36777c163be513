import { commandFormats } from '../report/index.ts'
import { defineCommand, optional } from './command.ts'
import { environmentOptions, formatOf, snapshotForms } from './options.ts'

export const explain = defineCommand({
  name: 'explain',
  group: 'Review',
  summary: 'Explain an error code, a kind, a field, or a resource of a snapshot',
  description:
    'Explains an error code with its cause, an example and the fix; a kind; or a field with its type, default and the rules of Prefect. With a snapshot, explains one resource: where its document is, what it refers to, what refers to it, and what of this is external. Without a word, lists all codes and kinds.',
  arguments: {
    word: optional('CODE, KIND, KIND.FIELD, or with a snapshot KIND/KEY'),
    snapshot: optional(snapshotForms),
  },
  options: { ...environmentOptions, ...formatOf(commandFormats) },
  examples: [
    'explain dangling-ref',
    'explain deployment',
    'explain deployment.schedules',
    'explain deployment.schedules.cron -f json',
    'explain deployment/etl/prod prod.snapshot.yaml',
    'explain work-pool/k8s staging.snapshot.yaml -E prod',
  ],
  async run({ word, snapshot, format, ...environment }, io) {
    const operations = await import('../operations/explain.ts')
    const { commonOf, printCommand } = await import('./print.ts')
    const subject =
      word === undefined || snapshot === undefined
        ? operations.explain(word, io)
        : await (await import('../operations/explain-resource.ts')).explainResource(
            { ref: word, snapshot, ...environment },
            io,
          )
    await printCommand({ schema: 'prefect-snapshot/explain', ...commonOf([], 'ok', io), subject }, format, io)
    return 'ok'
  },
})
