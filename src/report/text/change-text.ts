import { listAt } from '../../list-at.ts'
import { visible } from '../../plain-text.ts'
import { splitRef } from '../../ref.ts'
import type { ChangeReport, FieldReport, SecretReport } from '../model/change-report.ts'
import type { View } from '../reporter.ts'
import { byText, fieldByText } from '../wording/base-wording.ts'
import { contentText, secretText, signs } from '../wording/change-wording.ts'
import { linesOf } from '../wording/line-diff.ts'
import { isLong, pairText, valueText } from '../wording/value-wording.ts'
import { linesText } from './line-diff-text.ts'
import type { Style } from './style.ts'
import { paragraph } from './wrap.ts'

/** Maximum width of text, even on wider terminals, so that related parts are close together. */
const maxWidth = 100

/** Formats changes for a terminal, with an empty line between kinds. */
export function changesText(changes: readonly ChangeReport[], view: View): string {
  let last: string | undefined
  return changes
    .map((change) => {
      const group = `${splitRef(change.ref).kind} ${change.action === 'delete'}`
      const gap = last !== undefined && last !== group ? '\n' : ''
      last = group
      return gap + changeText(change, { ...view, width: Math.min(view.width, maxWidth) })
    })
    .join('')
}

function changeText(change: ChangeReport, view: View): string {
  const { style, width } = view
  const paint = { create: style.green, update: style.yellow, 'patch-cycle': style.yellow, delete: style.red }[
    change.action
  ]
  const { kind, key } = splitRef(change.ref)
  const head = `${signs[change.action]} ${kind} ${visible(key)}${byText(change.changedBy)}`
  const beside = besideText(change, width - head.length - 2, view)
  const pad = change.action === 'update' ? Math.max(2, width - head.length - beside.length) : 2
  return `${paint(head)}${beside === '' ? '' : ' '.repeat(pad) + style.dim(beside)}\n${detailText(change, view)}`
}

/** The text beside the name: the content of a new resource, or the position of a changed one in the snapshot. */
function besideText({ action, fields, place, without }: ChangeReport, room: number, { full }: View): string {
  if (action === 'patch-cycle') return `now with ${without.join(', ')}`.slice(0, Math.max(0, room))
  if (action === 'update') {
    const at = place ? `${visible(place.file)}:${place.line}` : ''
    return at.length <= room ? at : ''
  }
  return full || room < 20 ? '' : contentText(fields, room)
}

function detailText(change: ChangeReport, view: View): string {
  const { style, width, full } = view
  const { action, fields, same, secrets, without, notes, remarks = [] } = change
  const named = fields.map((field) => ({ ...field, path: field.path + fieldByText(change, field) }))
  const content = full && action !== 'patch-cycle' ? contentLines(fields, view) : ''
  const lines = action === 'update' ? fieldsText(named, view) : content
  const hidden = same > 0 ? style.dim(`    … ${same} unchanged\n`) : ''
  const later =
    action === 'create' && without.length > 0
      ? `    without ${without.join(', ')} at first: it is part of a cycle\n`
      : ''
  const effects = [
    ...notes.map((note) => noteText(style.yellow('!'), note, width)),
    ...remarks.map((remark) => noteText(style.dim('·'), remark, width)),
  ].join('')
  return lines + hidden + overlaidText(change, style) + later + secretsText(secrets, style) + effects
}

/** A note after its sign, wrapped beside it. */
function noteText(sign: string, note: string, width: number): string {
  const text = paragraph(visible(note), Math.max(30, width - 6), (line) => line, '')
  return `    ${sign} ${text.trimEnd().replaceAll('\n', '\n      ')}\n`
}

/** The overlay lines that set values. */
function overlaidText({ overlaid = [] }: ChangeReport, style: Style): string {
  const byPlace = new Map<string, string[]>()
  for (const { path, place } of overlaid) {
    const at = `${visible(place.file)}:${place.line}`
    listAt(byPlace, at).push(path)
  }
  return [...byPlace].map(([at, paths]) => style.dim(`    ${paths.join(', ')} from ${at}\n`)).join('')
}

/** The fields of a created or deleted resource, with their whole values. */
function contentLines(fields: readonly FieldReport[], { style, width }: View): string {
  return fields
    .map(({ path, before, after }) => {
      const value = after ?? before
      const line = valueText(value, Number.POSITIVE_INFINITY)
      const isShort = path.length + line.length + 6 <= width && !isLong(undefined, value, 0)
      if (isShort) return `    ${path}  ${style.dim(line)}\n`
      return `    ${path}\n${linesOf(value)
        .split('\n')
        .map((text) => (text === '' ? '\n' : `      ${style.dim(visible(text))}\n`))
        .join('')}`
    })
    .join('')
}

function fieldsText(fields: readonly FieldReport[], view: View): string {
  const { width } = view
  const column = Math.min(40, Math.floor(width / 3), Math.max(0, ...fields.map(({ path }) => path.length)))
  return fields.map((field) => fieldText(field, column, view)).join('')
}

/** Formats a field: on one line if it fits; else below its name; else with the old value above the new one. */
function fieldText({ path, before, after }: FieldReport, column: number, { style, width, full }: View): string {
  if (isLong(before, after, Math.floor(width / 2))) return `    ${path}\n${linesText(before, after, '      ', style)}`
  const [a, b] = pairText(before, after, full ? Number.POSITIVE_INFINITY : width - 8)
  const pair = `${style.red(a)} → ${style.green(b)}`
  const length = a.length + b.length + 3
  if (path.length <= column && 6 + column + length <= width) return `    ${path.padEnd(column)}  ${pair}\n`
  if (6 + length <= width) return `    ${path}\n      ${pair}\n`
  const lines = [before === undefined ? '' : style.red(`- ${a}`), after === undefined ? '' : style.green(`+ ${b}`)]
  return `    ${path}\n${lines.map((line) => (line === '' ? '' : `      ${line}\n`)).join('')}`
}

function secretsText(secrets: readonly SecretReport[], style: Style): string {
  return secrets
    .map(
      (secret) => `    ${secret.path}  ${(secret.state === 'missing' ? style.red : style.dim)(secretText(secret))}\n`,
    )
    .join('')
}
