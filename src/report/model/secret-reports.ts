import { pathText } from '../../field-path.ts'
import type { Change, Placeholder } from '../../model.ts'
import { sourceText } from '../../placeholder.ts'
import type { SecretReport } from './change-report.ts'

export function secretsOf(change: Change, filled: (placeholder: Placeholder) => boolean): SecretReport[] {
  if (change.action === 'delete' || change.action === 'patch-cycle') return []
  const before = change.action === 'update' ? change.before.secrets : {}
  const compared = new Map(
    change.action === 'update'
      ? change.fields.flatMap((field) => (field.pointer.startsWith('/secrets/') ? [[field.pointer, field]] : []))
      : [],
  )
  return [...new Set([...Object.keys(before), ...Object.keys(change.after.secrets)])].flatMap((at): SecretReport[] => {
    const pointer = `/secrets${at}`
    const placeholder = change.after.secrets[at]
    const field = compared.get(pointer)
    const isKnownBefore = before[at] !== undefined && 'plain' in (before[at] ?? {})
    const common = { path: pathText(`/spec${at}`), pointer, ...sourceOf(placeholder) }
    if (!placeholder) return field ? [{ ...common, state: 'removed' }] : []
    const isPlain = 'plain' in placeholder
    if (isKnownBefore && !field) return isPlain || filled(placeholder) ? [] : [{ ...common, state: 'kept' }]
    if (field?.before !== undefined && (isPlain || filled(placeholder))) return [{ ...common, state: 'changed' }]
    if (isPlain && field) return [{ ...common, state: 'added' }]
    if (isPlain) return [{ ...common, state: 'given' }]
    return [{ ...common, state: filled(placeholder) ? 'set' : 'missing' }]
  })
}

/** The secrets of a change in a diff whose sources differ. */
export function placeholdersOf(change: Change): SecretReport[] {
  if (change.action === 'delete' || change.action === 'patch-cycle') return []
  const before = change.action === 'update' ? change.before.secrets : {}
  const differ = (pointer: string) =>
    change.action === 'create' || change.fields.some((field) => field.pointer === `/secrets${pointer}`)
  const all = new Set([...Object.keys(before), ...Object.keys(change.after.secrets)])
  return [...all].filter(differ).map((at): SecretReport => {
    const [was, is] = [before[at], change.after.secrets[at]]
    return {
      path: pathText(`/spec${at}`),
      pointer: `/secrets${at}`,
      state: was ? (is ? 'changed' : 'removed') : 'added',
      ...sourceOf(is),
      ...(was ? { was: sourceText(was) } : {}),
      ...(is ? { is: sourceText(is) } : {}),
    }
  })
}

function sourceOf(placeholder: Placeholder | undefined): Pick<SecretReport, 'env' | 'source'> {
  if (!placeholder || 'plain' in placeholder || 'masked' in placeholder) return {}
  return { ...('env' in placeholder ? { env: placeholder.env } : {}), source: sourceText(placeholder) }
}
