import { visible } from '../../plain-text.ts'
import type { Action, FieldReport, SecretReport } from '../model/change-report.ts'
import { summaryText } from '../wording/value-wording.ts'

/** The sign of each action, so that changes are readable without color. */
export const signs: Readonly<Record<Action, string>> = { create: '+', update: '~', 'patch-cycle': '~', delete: '-' }

/** A one-line summary of a created or deleted resource, without its refs, most of which are part of its key. */
export function contentText(fields: readonly FieldReport[], width: number): string {
  const specFields = fields.filter(({ pointer }) => pointer.startsWith('/spec/'))
  return summaryText(
    specFields.map(({ path, before, after }) => ({ path, value: after ?? before })),
    width,
  )
}

const sources: Readonly<Record<SecretReport['state'], (source: string | undefined) => string>> = {
  set: (source) => `(placeholder: ${source}, set)`,
  missing: (source) => (source === undefined ? '(placeholder: no source)' : `(placeholder: ${source}, not set)`),
  given: () => '(secret: value from the snapshot)',
  kept: () => '(secret: kept as on the server, not compared)',
  changed: (source) => `(secret: changed${source === undefined ? '' : `, from ${source}`})`,
  added: () => '(secret: new)',
  removed: () => '(secret: removed)',
}

/** Describes a secret of a change. */
export function secretText({ state, source, was, is }: SecretReport): string {
  if (was === is) return sources[state](source === undefined ? undefined : visible(source))
  return `(secret: ${[was, is].map((source) => visible(source ?? '(none)')).join(' → ')})`
}
