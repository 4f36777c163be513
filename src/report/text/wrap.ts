import { type Ref, splitRef } from '../../ref.ts'
import { plural, visible } from './style.ts'

/** A piece of a line that is not broken, and how it is marked. */
export interface Part {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Pieces one after another, on as many lines as the width asks for; lines after the first are indented. */
export function flowText(parts: readonly Part[], indent: string, width: number): string {
  const lines: string[] = []
  let line = indent
  let length = indent.length
  for (const [index, { text, paint = (plain: string) => plain }] of parts.entries()) {
    if (index > 0 && length + 2 + text.length > width) {
      lines.push(line)
      line = `  ${paint(text)}`
      length = 2 + text.length
    } else {
      line += (index > 0 ? '  ' : '') + paint(text)
      length += (index > 0 ? 2 : 0) + text.length
    }
  }
  return [...lines, line].map((text) => `${text}\n`).join('')
}

/** Text broken between words; lines after the first are indented. */
export function paragraph(text: string, width: number, paint: (text: string) => string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `  ${word}`)
  }
  return lines.map((line) => `${paint(line)}\n`).join('')
}

/** Refs by kind, the first few of each by name: `flow a, b and 3 more; variable x`. */
export function keysText(refs: readonly Ref[], most: number): string {
  const byKind = new Map<string, string[]>()
  for (const ref of refs) {
    const { kind, key } = splitRef(ref)
    byKind.set(kind, [...(byKind.get(kind) ?? []), visible(key)])
  }
  return [...byKind]
    .map(([kind, keys]) => {
      const more = keys.length > most ? ` and ${keys.length - most} more` : ''
      return `${kind} ${keys.slice(0, most).join(', ')}${more}`
    })
    .join('; ')
}

/** How many there are of each kind: `2 flows, 1 variable`. */
export function kindsText(resources: Iterable<{ readonly kind: string }>): string {
  const counts = new Map<string, number>()
  for (const { kind } of resources) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => plural(count, kind)).join(', ')
}
