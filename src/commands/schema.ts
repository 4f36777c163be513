import { defineCommand } from './command.ts'

export const schema = defineCommand({
  name: 'schema',
  group: 'Set up',
  summary: 'Print the JSON Schema of a snapshot',
  description: 'Prints the JSON Schema of the documents of a snapshot, for editors and other tools.',
  arguments: {},
  options: {},
  examples: ['schema > snapshot.v1.json'],
  async run(_, io) {
    const { schemaText } = await import('../operations/schema-text.ts')
    io.out(schemaText(io.kinds))
    return 'ok'
  },
})
