import { choice, defineCommand, optional } from './command.ts'

export const explain = defineCommand({
  name: 'explain',
  group: 'Review',
  summary: 'Explain an error code, a kind or a field',
  description: 'Explains an error code, a kind, or a field of a kind. Without a word, lists all of them.',
  arguments: { word: optional('CODE, KIND, or KIND.FIELD') },
  options: { format: choice('-f, --format <format>', 'format of standard output', ['text', 'json']) },
  examples: ['explain dangling-ref', 'explain deployment', 'explain deployment.schedules -f json'],
  async run({ word, format }, io) {
    const operations = await import('../operations/explain.ts')
    const { writeJson } = await import('../json.ts')
    const subject = operations.explain(word, io)
    if (format === 'json') {
      io.out(`${writeJson(subject.schema, 2)}\n`)
      return 'ok'
    }
    const { explanationText } = await import('../report/text/explanation.ts')
    io.out(explanationText(subject, { style: io.style, width: io.width }))
    return 'ok'
  },
})
