import type { Json } from '../../json.ts'
import { visible } from '../../plain-text.ts'
import type { Style } from '../text/style.ts'
import { lineChanges } from '../wording/line-diff.ts'

/** Formats the changed lines of a text for a terminal. */
export function linesText(before: Json | undefined, after: Json | undefined, indent: string, style: Style): string {
  const paint = { '+': style.green, '-': style.red, ' ': style.dim, '…': style.dim }
  return lineChanges(before, after, 2)
    .map(({ sign, text }) => `${indent}${paint[sign](`${sign}${visible(text)}`.trimEnd())}\n`)
    .join('')
}
