import type { Issue } from '../issue.ts'
import type { FoundSetting } from './setting-layer.ts'

/** The issue for an invalid value of a setting. `requirement` completes the sentence "it must be …". */
export function invalidSetting(found: FoundSetting, requirement: string, fix?: string): Issue {
  return {
    code: 'invalid-setting',
    severity: 'error',
    message: `${found.name} from ${found.place} is not valid: it must be ${requirement}.`,
    ...(fix === undefined ? {} : { fix }),
  }
}

/** A string; an empty one counts as missing. */
export function asText(found: FoundSetting | undefined, issues: Issue[]): string | undefined {
  if (!found || found.value === '') return undefined
  if (typeof found.value === 'string') return found.value
  issues.push(invalidSetting(found, 'a string'))
  return undefined
}

const flags: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, on: true, 1: true },
  ...{ false: false, f: false, no: false, n: false, off: false, 0: false },
}

/** A flag in any of the spellings that Prefect (pydantic) accepts. */
export function asFlag(found: FoundSetting | undefined, defaultValue: boolean, issues: Issue[]): boolean {
  if (!found || found.value === '') return defaultValue
  const flag = flags[String(found.value).trim().toLowerCase()]
  if (flag === undefined) issues.push(invalidSetting(found, 'true or false'))
  return flag ?? defaultValue
}

/** A number within bounds. */
export function asNumber(
  found: FoundSetting | undefined,
  rule: { readonly defaultValue: number; readonly requirement: string; isValid(value: number): boolean },
  issues: Issue[],
): number {
  if (!found || found.value === '') return rule.defaultValue
  const value = typeof found.value === 'string' && found.value.trim() !== '' ? Number(found.value) : found.value
  if (typeof value === 'number' && Number.isFinite(value) && rule.isValid(value)) return value
  issues.push(invalidSetting(found, rule.requirement))
  return rule.defaultValue
}

/** HTTP status codes: `404,500`, a number, or a list (PREFECT_CLIENT_RETRY_EXTRA_CODES). */
export function asCodes(found: FoundSetting | undefined, issues: Issue[]): ReadonlySet<number> {
  if (!found || found.value === '') return new Set()
  const parts = Array.isArray(found.value) ? found.value : String(found.value).split(',')
  const codes = parts.map((part) => Number(String(part).trim() || Number.NaN))
  if (codes.every((code) => Number.isInteger(code) && code >= 100 && code <= 599)) return new Set(codes)
  issues.push(invalidSetting(found, 'comma-separated HTTP status codes between 100 and 599, such as 404,500'))
  return new Set()
}
