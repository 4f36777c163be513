import type { Issue } from '../issue.ts'
import { isObject, type Json, type Pointer, step } from '../json.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'

/** A text in a spec, and where it begins in the one that all of them make. */
interface Piece {
  readonly ref: Ref
  readonly pointer: Pointer
  readonly start: number
}

/**
 * Values outside of secret fields that look like secrets, by the rules of secretlint: one warning each, with its place and
 * what it looks like, and nothing of the value. All texts are looked through as one, since each look costs a millisecond.
 */
export async function findSecrets(resources: readonly Resource[]): Promise<Issue[]> {
  const pieces: Piece[] = []
  const lines: string[] = []
  let length = 0
  for (const resource of resources) {
    const ref = refOf(resource)
    visit(resource.spec, '/spec', '', (pointer, name, text) => {
      // Some rules know a secret only by the name before it. A blank line keeps two texts apart.
      const line = `\n${name} = ${text}\n`
      pieces.push({ ref, pointer, start: length })
      lines.push(line)
      length += line.length
    })
  }
  const found = new Map<string, Issue>()
  for (const { offset, rule, looks } of await lint(lines.join(''))) {
    const piece = pieces.findLast(({ start }) => start <= offset)
    if (piece) found.set(`${piece.ref} ${piece.pointer} ${rule}`, issueOf(piece, looks))
  }
  return [...found.values()]
}

function visit(
  value: Json,
  pointer: Pointer,
  name: string,
  on: (pointer: Pointer, name: string, text: string) => void,
): void {
  if (typeof value === 'string') on(pointer, name, value)
  else if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries()) visit(item, step(pointer, index), name, on)
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, step(pointer, key), key, on)
}

interface Finding {
  readonly offset: number
  readonly rule: string
  readonly looks: string
}

async function lint(content: string): Promise<Finding[]> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  const preset = '@secretlint/secretlint-rule-preset-recommend'
  const { messages } = await lintSource({
    source: { filePath: 'snapshot.yaml', content, ext: '.yaml', contentType: 'text' },
    options: { config: { rules: [{ id: preset, rule: creator }] }, noPhysicFilePath: true },
  })
  return messages.map(({ range, ruleId, messageId }) => ({
    offset: range[0],
    rule: ruleId,
    looks: inWords(ruleId.replace(/^.*secretlint-rule-/, ''), messageId),
  }))
}

/** What a value looks like: the name of the rule, and of its case where that says more. Its message would show the value. */
function inWords(rule: string, message: string): string {
  const words = (text: string) =>
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/[-_]/g, ' ')
      .toLowerCase()
  return words(message).includes(words(rule)) ? words(message) : `${words(rule)}: ${words(message)}`
}

function issueOf({ ref, pointer }: Piece, looks: string): Issue {
  return {
    code: 'possible-secret',
    severity: 'warning',
    message: `${ref} may hold a secret at ${pointer} (${looks})`,
    fix: `Leave it out of the snapshot: --hole '${ref}#${pointer}'`,
    ref,
    pointer,
  }
}
