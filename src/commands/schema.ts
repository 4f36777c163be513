import { choiceOf, defineCommand } from './command.ts'

export const schema = defineCommand({
  name: 'schema',
  group: 'Set up',
  summary: 'Print the JSON Schema of a snapshot, an overlay, a policy file or a waves file',
  description:
    'Prints the JSON Schema of the documents of a snapshot, of overlays, of the policy file, or of the waves of a migration, for editors and other tools.',
  arguments: {},
  options: {
    of: choiceOf('--of <file>', {
      snapshot: 'the documents of a snapshot',
      overlay: 'an overlay',
      policy: 'the policy file, prefect-snapshot.yaml',
      waves: 'the waves of a migration',
    }),
  },
  examples: ['schema > snapshot.v1.json', 'schema --of policy > policy.v1.json'],
  async run({ of }, io) {
    const { schemaTexts } = await import('../operations/schema-text.ts')
    io.out(schemaTexts(io.kinds)[of])
    return 'ok'
  },
})
