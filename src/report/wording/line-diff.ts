import { structuredPatch } from 'diff'
import { type Json, writeJson } from '../../json.ts'

/** A value on as many lines as it is easy to read on: text as it is, JSON indented. */
export function linesOf(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : writeJson(value, 2)
}

/** One line of a change of text: its sign (`+`, `-`, a space, or `…` for lines left out) and what it says. */
export interface Line {
  readonly sign: '+' | '-' | ' ' | '…'
  readonly text: string
}

/** The lines of a text that change, with `context` around them. */
export function lineChanges(before: Json | undefined, after: Json | undefined, context: number): Line[] {
  const patch = structuredPatch('', '', linesOf(before), linesOf(after), '', '', { context })
  return patch.hunks.flatMap((hunk, index) => [
    ...(index > 0 ? [{ sign: '…', text: '' } as const] : []),
    ...hunk.lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ sign: line.charAt(0) as '+' | '-' | ' ', text: line.slice(1) })),
  ])
}
