import { visible } from '../../plain-text.ts'
import type { FieldReport } from '../model/change-report.ts'
import { type Line, lineChanges, linesOf } from '../wording/line-diff.ts'
import { isLong, valueText } from '../wording/value-wording.ts'
import type { FieldView, Row } from './page-data.ts'

/** A field as the page shows it: on one line, or before and after side by side. */
export function fieldView({ path, before, after }: FieldReport): FieldView {
  if (before !== undefined && after !== undefined && isLong(before, after, 60))
    return { path, rows: sideBySide(lineChanges(before, after, 3)) }
  const show = (value: FieldReport['before']) => {
    if (value === undefined) return {}
    const short = valueText(value, 72)
    return short.length < 72 && !(typeof value === 'string' && value.includes('\n'))
      ? short
      : shownLines(linesOf(value))
  }
  return {
    path,
    ...(before === undefined ? {} : { before: show(before) as string }),
    ...(after === undefined ? {} : { after: show(after) as string }),
  }
}

function shownLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** Pairs removed lines with added lines. */
function sideBySide(lines: readonly Line[]): Row[] {
  const rows: Row[] = []
  let [out, into]: [string[], string[]] = [[], []]
  const flush = () => {
    for (let at = 0; at < Math.max(out.length, into.length); at++) {
      const [before, after] = [out[at], into[at]].map((line) => (line === undefined ? line : visible(line)))
      rows.push({
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        mark: 'changed',
      })
    }
    out = []
    into = []
  }
  for (const { sign, text } of lines) {
    if (sign === '-') out.push(text)
    else if (sign === '+') into.push(text)
    else {
      flush()
      rows.push(sign === '…' ? { mark: 'gap' } : { before: visible(text), after: visible(text), mark: 'same' })
    }
  }
  flush()
  return rows
}
