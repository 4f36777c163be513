import type { Rule } from '../kind.ts'

/*
 * Names that current servers refuse to create (`prefect/types/names.py`). Older versions or a database may contain some of
 * them, and servers return those.
 */
const plain = 'lowercase letters, digits and "-"'
const banned = 'any characters except / % & > <'
const held = 'servers keep such a name from an older version, but a create is refused'
const rules = {
  flow: { pattern: /^[^/%&><]+$/, words: banned, source: 'prefect/types/names.py: Name' },
  variable: {
    pattern: /^[a-z0-9_-]{0,255}$/,
    words: 'lowercase letters, digits, "-" and "_", at most 255',
    source: 'prefect/types/names.py: VariableName',
    held,
  },
  'block-type': { pattern: /^[a-z0-9-]*$/, words: plain, source: 'prefect/types/names.py: BlockTypeSlug', held },
  block: { pattern: /^[a-z0-9-]+$/, words: plain, source: 'prefect/types/names.py: BlockDocumentName', held },
  deployment: { pattern: /^[^/%&><]*$/, words: banned, source: 'prefect/types/names.py: NameOrEmpty', held },
  'concurrency-limit': { pattern: /^[^/%&><]+$/, words: banned, source: 'prefect/types/names.py: Name', held },
  'work-pool': {
    pattern: /^(?=.*[^' "])[^/%&><]+$/s,
    words: `${banned}, and not only of quotes and spaces`,
    source: 'prefect/types/names.py: NonEmptyishName',
  },
  'work-queue': { pattern: /^[^/%&><]+$/, words: banned, source: 'prefect/types/names.py: Name' },
} as const
type NameKind = keyof typeof rules

/** Why a server would refuse a name; undefined if it would not. */
export function nameFault(kind: NameKind, name: string): string | undefined {
  const problem = nameProblem(kind, name)
  return problem && `Prefect refuses ${problem}`
}

function nameProblem(kind: NameKind, name: string): string | undefined {
  const { pattern, words } = rules[kind]
  return pattern.test(name) ? undefined : `the name ${JSON.stringify(name)}: names consist of ${words}`
}

/** The rule for the name of a kind, which `nameOf` finds in the key; undefined where it has none. */
export function nameRule(kind: NameKind, nameOf: (key: string) => string | undefined = (key) => key): Rule {
  const rule = rules[kind]
  return {
    name: 'name',
    doc: `Names consist of ${rule.words}.`,
    source: rule.source,
    ...('held' in rule ? { held: rule.held } : {}),
    *find(key) {
      const name = nameOf(String(key))
      const problem = name === undefined ? undefined : nameProblem(kind, name)
      if (problem) yield { pointer: '', problem, fix: 'Rename it; moved: in the header renames it on the server too.' }
    },
  }
}

/** The rule that a name does not begin with "prefect". */
export function reservedNameRule(source: string): Rule {
  return {
    name: 'reserved-name',
    doc: 'Names that begin with "prefect" are reserved for Prefect itself.',
    source,
    held: 'servers keep such a name, but a create is refused',
    *find(name) {
      if (/^prefect/i.test(String(name)))
        yield {
          pointer: '',
          problem: `the name ${JSON.stringify(name)}: names that begin with "prefect" are reserved for Prefect itself`,
          fix: 'Choose another name.',
        }
    },
  }
}
