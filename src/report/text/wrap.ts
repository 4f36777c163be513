/** A part of a line that is never broken, and its style. */
export interface Part {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Joins parts, and breaks lines between them to fit the width. Lines after the first are indented. */
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

/** The length of a text on a terminal, without its colors. */
function lengthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are control sequences
  return text.replace(/\u001b\[[\d;]*m/g, '').length
}

/** Wraps text between words. Lines after the first begin with `indent`. */
export function paragraph(text: string, width: number, paint: (text: string) => string, indent = '  '): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(last === undefined ? word : `${indent}${word}`)
  }
  return lines.map((line) => `${paint(line)}\n`).join('')
}

/** Begins every line of a text with `indent`. */
export function indented(text: string, indent: string): string {
  return text.replace(/^/gm, indent).concat('\n')
}
