/*
 * Names that a server may hold, from an older version or a database, and that no request can create any more
 * (`prefect/types/names.py`). A server reads them like all others.
 */
const rules = {
  variable: { pattern: /^[a-z0-9_-]{0,255}$/, words: 'lowercase letters, digits, "-" and "_", at most 255' },
  'block-type': { pattern: /^[a-z0-9-]*$/, words: 'lowercase letters, digits and "-"' },
  block: { pattern: /^[a-z0-9-]+$/, words: 'lowercase letters, digits and "-"' },
  deployment: { pattern: /^[^/%&><]*$/, words: 'any characters except / % & > <' },
  'concurrency-limit': { pattern: /^[^/%&><]+$/, words: 'any characters except / % & > <' },
} as const

/** Why a server refuses to create something of a kind with this name; undefined where it does not. */
export function nameFault(kind: keyof typeof rules, name: string): string | undefined {
  const { pattern, words } = rules[kind]
  return pattern.test(name) ? undefined : `Prefect refuses the name "${name}": names consist of ${words}`
}
