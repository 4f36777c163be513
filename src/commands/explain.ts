import { explanationFormats } from '../report/index.ts'
import { defineCommand, optional } from './command.ts'
import { formatOf } from './options.ts'

export const explain = defineCommand({
  name: 'explain',
  group: 'Review',
  summary: 'Explain an error code, a kind or a field',
  description: 'Explains an error code, a kind, or a field of a kind. Without a word, lists all of them.',
  arguments: { word: optional('CODE, KIND, or KIND.FIELD') },
  options: formatOf(explanationFormats),
  examples: ['explain dangling-ref', 'explain deployment', 'explain deployment.schedules -f json'],
  async run({ word, format }, io) {
    const operations = await import('../operations/explain.ts')
    const { explanationReporters } = await import('../report/index.ts')
    const reporter = await explanationReporters[format]()
    io.out(reporter(operations.explain(word, io), { style: io.style, width: io.width }))
    return 'ok'
  },
})
