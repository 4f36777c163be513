import { align } from './align.ts'

/** Converts all line ends to `\n`. */
export function withPlainLineEnds(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
}

/** The line end for a new line at an offset: that of the line before it, or of the first line. */
export function lineEndAt(text: string, at: number): string {
  const before = at > 0 ? text.lastIndexOf('\n', at - 1) : -1
  const end = before < 0 ? text.indexOf('\n') : before
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n'
}

/**
 * Applies the line ends of the old version to a new version with `\n`: a kept line keeps its own, a changed line gets
 * that of the line it replaces, and a new line that of the line before it.
 */
export function withLineEndsOf(old: string, text: string): string {
  if (!old.includes('\r\n')) return text
  const before = old.split('\n')
  const isCrlf = before.map((line, index) => index < before.length - 1 && line.endsWith('\r'))
  if (isCrlf.slice(0, -1).every(Boolean)) return text.replaceAll('\n', '\r\n')
  const after = text.split('\n')
  const origin = originOfLines(
    before.map((line, index) => (isCrlf[index] ? line.slice(0, -1) : line)),
    after,
  )
  let isLast = isCrlf[0] === true
  return after
    .map((line, index) => {
      const from = origin[index]
      if (from !== undefined && from < before.length - 1) isLast = isCrlf[from] === true
      return index === after.length - 1 ? line : line + (isLast ? '\r\n' : '\n')
    })
    .join('')
}

/** For each new line, the index of the old line that it keeps or replaces. */
function originOfLines(before: readonly string[], after: readonly string[]): (number | undefined)[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const origin: (number | undefined)[] = after.map((_, index) =>
    index < start ? index : index >= after.length - end ? index - after.length + before.length : undefined,
  )
  for (const { from, to } of align(before.slice(start, before.length - end), after.slice(start, after.length - end)))
    if (to !== undefined) origin[start + to] = from === undefined ? undefined : start + from
  return origin
}
