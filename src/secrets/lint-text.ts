import { creator as ownRules } from './scan-rules.ts'

/** A place in a text that a rule matches, and what it looks like, in words. */
export interface Finding {
  readonly offset: number
  readonly rule: string
  readonly looks: string
}

/** Loads the linter and its recommended rules, which takes longer than to lint a small text. */
export async function loadRules() {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  return { lintSource, creator }
}

/** Finds what looks like a secret in a text. */
export async function lint(
  content: string,
  { lintSource, creator }: Awaited<ReturnType<typeof loadRules>>,
): Promise<Finding[]> {
  const preset = '@secretlint/secretlint-rule-preset-recommend'
  const { messages } = await lintSource({
    source: { filePath: 'snapshot.yaml', content, ext: '.yaml', contentType: 'text' },
    options: {
      config: {
        rules: [
          { id: preset, rule: creator },
          { id: ownRules.meta.id, rule: ownRules },
        ],
      },
      noPhysicFilePath: true,
    },
  })
  return messages.map(({ range, ruleId, messageId }) => ({
    offset: range[0],
    rule: ruleId,
    looks: inWords(ruleId.replace(/^.*secretlint-rule-/, ''), messageId),
  }))
}

/** Describes the matching rule by its ID and the ID of its message. The text of the message could contain the value. */
function inWords(rule: string, message: string): string {
  const words = (text: string) =>
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/[-_]/g, ' ')
      .toLowerCase()
  return rule === 'value' || words(message).includes(words(rule)) ? words(message) : `${words(rule)}: ${words(message)}`
}
