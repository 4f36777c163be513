import { type Ref, splitRef } from '../ref.ts'
import { visible } from './style.ts'

/** A piece of a line that is not broken, and how it is marked. */
export interface Part {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Pieces one after another, on as many lines as the width asks for; lines after the first are indented. */
export function flowText(
  parts: readonly Part[],
  lead: string,
  width: number,
  { paint = (text: string) => text, separator = '  ' } = {},
): string {
  const lines: string[] = []
  let line = lead
  let length = lead.length
  let begun = false
  for (const part of parts.flatMap((part) => brokenAtCommas(part, width - 4))) {
    const painted = part.paint ? part.paint(part.text) : part.text
    const gap = begun ? separator : ''
    if (begun && length + gap.length + part.text.length > width) {
      lines.push(line + (separator.trim() === '' ? '' : separator.trimEnd()))
      line = `    ${painted}`
      length = 4 + part.text.length
    } else {
      line += gap + painted
      length += gap.length + part.text.length
    }
    begun = true
  }
  lines.push(line)
  return lines.map((text) => `${paint(text)}\n`).join('')
}

/** A list that is longer than a line is broken between its items. */
function brokenAtCommas(part: Part, width: number): Part[] {
  if (part.text.length <= width || !part.text.includes(', ')) return [part]
  const out: string[] = []
  for (const item of part.text.split(/(?<=,) /)) {
    const last = out.at(-1)
    if (last !== undefined && last.length + 1 + item.length <= width) out[out.length - 1] = `${last} ${item}`
    else out.push(item)
  }
  return out.map((text) => ({ ...part, text }))
}

/** Refs by kind, the first few of each by name: `2 flows: a, b`. */
export function keysText(refs: readonly Ref[], most: number): Part[] {
  const byKind = new Map<string, string[]>()
  for (const ref of refs) {
    const { kind, key } = splitRef(ref)
    byKind.set(kind, [...(byKind.get(kind) ?? []), visible(key)])
  }
  return [...byKind].map(([kind, keys]) => {
    const more = keys.length > most ? ` and ${keys.length - most} more` : ''
    return { text: `${kind} ${keys.slice(0, most).join(', ')}${more}` }
  })
}
