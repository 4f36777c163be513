import type { TomlValue } from 'smol-toml'
import type { Issue } from '../issue.ts'
import { Secret } from '../secret.ts'
import type { FoundSetting } from './setting-layer.ts'
import { invalidSetting } from './setting-values.ts'
import { isTable } from './toml.ts'

/** Headers that the client sets: those of Prefect, and those of the HTTP message itself. */
const protectedNames = new Set([
  ...['user-agent', 'prefect-csrf-token', 'prefect-csrf-client'],
  ...['content-length', 'content-type', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'],
  'proxy-authorization',
])

/** Whether a text can be the value of a header. */
export function fitsHeader(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)
}

/** Custom headers by lower-case name: JSON in a string, or a TOML table. Protected ones are omitted with a warning. */
export function readHeaders(found: FoundSetting | undefined, issues: Issue[]): ReadonlyMap<string, Secret<string>> {
  const headers = new Map<string, Secret<string>>()
  if (!found || found.value === '') return headers
  const table = typeof found.value === 'string' ? parseTable(found.value) : found.value
  if (!isTable(table)) {
    issues.push(invalidSetting(found, 'a JSON object or a TOML table of strings, such as {"X-Name": "value"}'))
    return headers
  }
  for (const [name, value] of Object.entries(table)) {
    const issue = headerIssue(found, name, value)
    if (issue) issues.push(issue)
    else if (typeof value === 'string') headers.set(name.toLowerCase(), new Secret(value))
  }
  return headers
}

function parseTable(text: string): TomlValue | undefined {
  try {
    return JSON.parse(text) as TomlValue
  } catch {
    return undefined
  }
}

function headerIssue(found: FoundSetting, name: string, value: TomlValue): Issue | undefined {
  if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name)) return invalidSetting(found, 'a table whose keys are header names')
  if (protectedNames.has(name.toLowerCase())) {
    return {
      code: 'invalid-setting',
      severity: 'warning',
      message: `The header ${name} of ${found.name} (${found.place}) is not sent, because the client sets it itself.`,
      fix: 'Remove it from the setting.',
    }
  }
  if (typeof value !== 'string' || !fitsHeader(value))
    return invalidSetting(found, `a table of one-line strings, which the value of ${name} is not`)
  return undefined
}
