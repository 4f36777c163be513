import { visible } from '../../plain-text.ts'
import type { Action, FieldReport, SecretReport } from '../model/change-report.ts'
import { summaryText } from '../wording/value-wording.ts'

/** What stands before a change; readable without color. */
export const signs: Readonly<Record<Action, string>> = { create: '+', update: '~', 'patch-cycle': '~', delete: '-' }

/** What a resource that is made or deleted holds, on one line. Its refs are mostly said by its key already. */
export function heldText(fields: readonly FieldReport[], width: number): string {
  const held = fields.filter(({ pointer }) => pointer.startsWith('/spec/'))
  return summaryText(
    held.map(({ path, before, after }) => ({ path, value: after ?? before })),
    width,
  )
}

const sources: Readonly<Record<SecretReport['state'], (source: string | undefined) => string>> = {
  set: (source) => `(placeholder: ${source}, set)`,
  missing: (source) => (source === undefined ? '(placeholder: no source)' : `(placeholder: ${source}, not set)`),
  given: () => '(secret: as the snapshot says)',
  kept: () => '(secret: stays as on the server, not compared)',
  changed: (source) => `(secret: another one${source === undefined ? '' : `, from ${source}`})`,
  added: () => '(secret: new)',
  removed: () => '(secret: removed)',
}

/** Where the value of a secret comes from, in words. */
export function secretText({ state, source, was, is }: SecretReport): string {
  if (was === is) return sources[state](source === undefined ? undefined : visible(source))
  return `(secret: ${[was, is].map((source) => visible(source ?? '(none)')).join(' → ')})`
}
