import { listAt } from '../../list-at.ts'
import { visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { ChangeReport, FieldReport } from '../model/change-report.ts'
import { byText, fieldByText } from '../wording/base-wording.ts'
import { contentText, secretText, signs } from '../wording/change-wording.ts'
import { lineChanges } from '../wording/line-diff.ts'
import { isLong, pairText } from '../wording/value-wording.ts'

/** Up to so many changes are shown without unfolding. */
const few = 12

/**
 * One section per kind, deletes first, as many as `room` characters allow; then the number of omitted changes. Deletes are
 * unfolded, and so is everything if the changes are few.
 */
export function sections(changes: readonly ChangeReport[], room: number, deleted = 'to delete'): string {
  const groups = new Map<string, ChangeReport[]>()
  const destructive = changes.filter(({ action }) => action === 'delete')
  for (const change of [...destructive, ...changes.filter(({ action }) => action !== 'delete')]) {
    const name = `${splitRef(change.ref).kind}${change.action === 'delete' ? ` ${deleted}` : ''}`
    listAt(groups, name).push(change)
  }
  let out = ''
  let remaining = changes.length
  for (const [name, members] of groups) {
    const open = changes.length <= few || name.endsWith(` ${deleted}`) ? ' open' : ''
    const head = `\n<details${open}><summary>${members.length} × ${name}</summary>\n\n\`\`\`\`\`\`diff\n`
    const foot = '``````\n\n</details>\n'
    let body = ''
    for (const change of members) {
      const block = changeBlock(change)
      if (out.length + head.length + body.length + block.length + foot.length + 100 > room) break
      body += block
      remaining--
    }
    if (body !== '') out += head + body + foot
    else break
  }
  return remaining > 0
    ? `${out}\n**… and ${remaining} more.** They did not fit; the HTML report shows them all.\n`
    : out
}

/**
 * Lines for a `diff` fence, which GitHub colors by their first character. Backticks are broken up so that content
 * cannot end the fence.
 */
function changeBlock(change: ChangeReport): string {
  const { action, ref, fields, same, secrets, notes, remarks = [] } = change
  const { kind, key } = splitRef(ref)
  const head = `${action === 'update' ? '!' : signs[action].replace('~', '!')} ${kind} ${key}${byText(change.changedBy)}`
  const named = fields.map((field) => ({ ...field, path: field.path + fieldByText(change, field) }))
  const content = action === 'update' ? '' : contentText(fields, 100)
  const lines = [
    content === '' ? head : `${head}  ${content}`,
    ...(action === 'update' ? named.flatMap(fieldLines) : []),
    ...(same > 0 ? [`    … ${same} unchanged`] : []),
    ...secrets.map((secret) => `    ${secret.path}  ${secretText(secret)}`),
    ...[...notes, ...remarks].map((note) => `#   ${note}`),
  ]
  return `${lines.map(visible).join('\n').replaceAll('``````', '`\u200b`\u200b`\u200b`\u200b`\u200b`')}\n`
}

function fieldLines({ path, before, after }: FieldReport): string[] {
  if (isLong(before, after, 120))
    return [`  ${path}:`, ...lineChanges(before, after, 2).map(({ sign, text }) => `${sign}     ${text}`.trimEnd())]
  const [a, b] = pairText(before, after, 200)
  return [...(before === undefined ? [] : [`-   ${path}: ${a}`]), ...(after === undefined ? [] : [`+   ${path}: ${b}`])]
}
