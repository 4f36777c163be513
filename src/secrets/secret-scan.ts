import type { Issue } from '../issue.ts'
import { isObject, type Json, type JsonObject, type Pointer, step } from '../json.ts'
import type { Ref, Resource } from '../model.ts'
import { refOf } from '../ref.ts'

/** Looks for values outside of secret fields that look like secrets, by the rules of secretlint. */
export interface SecretScanner {
  /** Looks at a resource some time, or at once where there is enough to look at. */
  at(resource: Resource): void
  /** One warning for each such value of the resources, with its place and what it looks like, and nothing of the value. */
  found(resources: readonly Resource[]): Promise<Issue[]>
}

/**
 * Characters that are looked through as one text: each look costs a millisecond, and the text is held as long as it takes. The
 * first looks are at less, so that what they take the first time is over while a server is still busy.
 */
const [first, most] = [20_000, 1_000_000]
/** Lines up to this length come again and again, as in the schemas of parameters, and are looked at once. */
const short = 80

/** Begins to load the rules, which takes a while. */
export function createScanner(): SecretScanner {
  const rules = loadRules()
  rules.catch(() => {})
  // Whatever becomes of the secrets of a resource, the rest of it stays the same object.
  const seen = new WeakSet<JsonObject>()
  const known = new Set<string>()
  const suspects = new Map<string, Suspicion[]>()
  const looks: Promise<void>[] = []
  let lines: string[] = []
  let length = 0
  let enough = first
  const look = () => {
    if (lines.length > 0) looks.push(lookThrough(lines, rules, suspects))
    lines = []
    length = 0
    enough = Math.min(most, 2 * enough)
  }
  const at = (resource: Resource) => {
    if (seen.has(resource.spec)) return
    seen.add(resource.spec)
    visit(resource.spec, '', (line) => {
      if (line.length <= short) {
        if (known.has(line)) return
        known.add(line)
      }
      lines.push(line)
      length += line.length
    })
    if (length > enough) look()
  }
  return {
    at,
    async found(resources) {
      for (const resource of resources) at(resource)
      look()
      await Promise.all(looks)
      return suspects.size === 0 ? [] : resources.flatMap((resource) => issuesOf(resource, suspects))
    },
  }
}

/** What a line looks like to a rule. */
interface Suspicion {
  readonly rule: string
  readonly looks: string
}

/** Looks through lines as one text, and adds those that a rule knows. */
async function lookThrough(
  lines: readonly string[],
  rules: ReturnType<typeof loadRules>,
  suspects: Map<string, Suspicion[]>,
): Promise<void> {
  const starts: number[] = []
  let length = 0
  for (const line of lines) {
    starts.push(length)
    length += line.length
  }
  for (const { offset, ...suspicion } of await lint(lines.join(''), await rules)) {
    const line = lines[starts.findLastIndex((start) => start <= offset)]
    if (line === undefined) continue
    const others = suspects.get(line) ?? []
    if (!others.some(({ rule }) => rule === suspicion.rule)) suspects.set(line, [...others, suspicion])
  }
}

function issuesOf(resource: Resource, suspects: ReadonlyMap<string, readonly Suspicion[]>): Issue[] {
  const issues: Issue[] = []
  visit(resource.spec, '', (line, pointer) => {
    for (const { looks } of suspects.get(line) ?? []) issues.push(issueOf(refOf(resource), `/spec${pointer()}`, looks))
  })
  return issues
}

/**
 * Every text in a value, on a line with the name before it: some rules know a secret only by that. A blank line keeps two
 * texts apart. The place is worked out for those who ask.
 */
function visit(
  value: Json,
  name: string,
  on: (line: string, pointer: () => Pointer) => void,
  pointer: () => Pointer = () => '',
): void {
  if (typeof value === 'string') on(`\n${name} = ${value}\n`, pointer)
  else if (Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries())
      visit(item, name, on, () => step(pointer(), index))
  else if (isObject(value))
    for (const key of Object.keys(value)) visit(value[key] as Json, key, on, () => step(pointer(), key))
}

interface Finding {
  readonly offset: number
  readonly rule: string
  readonly looks: string
}

async function loadRules() {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ])
  return { lintSource, creator }
}

async function lint(
  content: string,
  { lintSource, creator }: Awaited<ReturnType<typeof loadRules>>,
): Promise<Finding[]> {
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

function issueOf(ref: Ref, pointer: Pointer, looks: string): Issue {
  return {
    code: 'possible-secret',
    severity: 'warning',
    message: `${ref} may hold a secret at ${pointer} (${looks})`,
    fix: `Leave it out of the snapshot: --secret-path '${ref}#${pointer}'`,
    ref,
    pointer,
  }
}
