import type { Planned } from '../model/report.ts'
import { serverOnlyText } from '../wording/server-only-wording.ts'
import { code } from './markdown-escape.ts'

/** Names that are shown without unfolding. */
const open = 12
/** Names that are shown at all: a comment has a limited length. */
const most = 200

/** What only the server has: the names, folded if there are more than a dozen. */
export function serverOnlyLines(plan: Planned): string[] {
  const { unmanaged } = plan
  if (unmanaged.length === 0) return []
  const title = serverOnlyText(plan)
  if (unmanaged.length <= open) return [`${title}: ${unmanaged.map(code).join(', ')}.`, '']
  const names = unmanaged.slice(0, most).map((ref) => `- ${code(ref)}`)
  const more = unmanaged.length > most ? [`- and ${unmanaged.length - most} more`] : []
  return [`<details><summary>${title}</summary>`, '', ...names, ...more, '', '</details>', '']
}
