/*
 * Names that current servers refuse (`prefect/types/names.py`), although older versions or a database may contain them.
 * Servers still return them.
 */
const rules = {
  variable: { pattern: /^[a-z0-9_-]{0,255}$/, words: 'lowercase letters, digits, "-" and "_", at most 255' },
  'block-type': { pattern: /^[a-z0-9-]*$/, words: 'lowercase letters, digits and "-"' },
  block: { pattern: /^[a-z0-9-]+$/, words: 'lowercase letters, digits and "-"' },
  deployment: { pattern: /^[^/%&><]*$/, words: 'any characters except / % & > <' },
  'concurrency-limit': { pattern: /^[^/%&><]+$/, words: 'any characters except / % & > <' },
} as const

/** Why a server would refuse a name; undefined if it would not. */
export function nameFault(kind: keyof typeof rules, name: string): string | undefined {
  const { pattern, words } = rules[kind]
  return pattern.test(name) ? undefined : `Prefect refuses the name "${name}": names consist of ${words}`
}
