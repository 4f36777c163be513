import { shorten, visible } from '../../plain-text.ts'

/** Limit on the characters of a name or a text. */
const maxLineLength = 300

/** A code span; its fence is longer than any backticks in the text. */
export function code(text: string): string {
  const shown = visible(shorten(text, maxLineLength))
  const run = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(run + 1)
  return run > 0 ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}

/** A code span in a cell of a table. */
export function cell(text: string): string {
  return code(text).replaceAll('|', '\\|')
}

/** Escapes text so that it is shown literally: no tags, links or mentions of users. */
export function literal(text: string): string {
  return visible(shorten(text, maxLineLength))
    .replace(/[\\`*_[\]<>|~#]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replaceAll('@', '@\u200b')
}

/** Text within a tag, where Markdown is not read. */
export function html(text: string): string {
  return visible(shorten(text, maxLineLength))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '@\u200b')
}
