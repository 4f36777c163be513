import { structuredPatch } from 'diff'
import { type Json, writeJson } from '../../json.ts'

/** Formats a value for a comparison by lines: text unchanged, JSON indented. */
export function linesOf(value: Json | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : writeJson(value, 2)
}

/** One line of a diff: its sign (`+`, `-`, a space, or `…` for omitted lines) and its text. */
export interface Line {
  readonly sign: '+' | '-' | ' ' | '…'
  readonly text: string
}

/** The changed lines of a text, with `context` lines around them. */
export function lineChanges(before: Json | undefined, after: Json | undefined, context: number): Line[] {
  const patch = structuredPatch('', '', linesOf(before), linesOf(after), '', '', { context })
  return patch.hunks.flatMap((hunk, index) => [
    ...(index > 0 ? [{ sign: '…', text: '' } as const] : []),
    ...hunk.lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({ sign: line.charAt(0) as '+' | '-' | ' ', text: line.slice(1) })),
  ])
}
