import type { Issue } from '../issue.ts'
import type { FoundSetting } from './setting-layer.ts'

/** The issue that a setting has a value that cannot be used. `must` finishes the sentence "it must be …". */
export function badSetting(found: FoundSetting, must: string, fix?: string): Issue {
  return {
    code: 'invalid-setting',
    severity: 'error',
    message: `${found.name} from ${found.place} cannot be used: it must be ${must}.`,
    ...(fix === undefined ? {} : { fix }),
  }
}

/** A text; the empty one is the same as none. */
export function asText(found: FoundSetting | undefined, issues: Issue[]): string | undefined {
  if (!found || found.value === '') return undefined
  if (typeof found.value === 'string') return found.value
  issues.push(badSetting(found, 'a text'))
  return undefined
}

const flags: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, on: true, 1: true },
  ...{ false: false, f: false, no: false, n: false, off: false, 0: false },
}

/** A flag in any of the spellings that Prefect (pydantic) knows. */
export function asFlag(found: FoundSetting | undefined, otherwise: boolean, issues: Issue[]): boolean {
  if (!found || found.value === '') return otherwise
  const flag = flags[String(found.value).trim().toLowerCase()]
  if (flag === undefined) issues.push(badSetting(found, 'true or false'))
  return flag ?? otherwise
}

/** A number within bounds. */
export function asNumber(
  found: FoundSetting | undefined,
  rule: { readonly otherwise: number; readonly must: string; fits(value: number): boolean },
  issues: Issue[],
): number {
  if (!found || found.value === '') return rule.otherwise
  const value = typeof found.value === 'string' && found.value.trim() !== '' ? Number(found.value) : found.value
  if (typeof value === 'number' && Number.isFinite(value) && rule.fits(value)) return value
  issues.push(badSetting(found, rule.must))
  return rule.otherwise
}

/** HTTP status codes: `404,500`, a number, or a list (PREFECT_CLIENT_RETRY_EXTRA_CODES). */
export function asCodes(found: FoundSetting | undefined, issues: Issue[]): ReadonlySet<number> {
  if (!found || found.value === '') return new Set()
  const parts = Array.isArray(found.value) ? found.value : String(found.value).split(',')
  const codes = parts.map((part) => Number(String(part).trim() || Number.NaN))
  if (codes.every((code) => Number.isInteger(code) && code >= 100 && code <= 599)) return new Set(codes)
  issues.push(badSetting(found, 'HTTP status codes between 100 and 599 with commas between them, such as 404,500'))
  return new Set()
}
