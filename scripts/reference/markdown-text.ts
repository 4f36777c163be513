/* Markdown for pages that are read on a forge and on a site whose generator takes HTML and {{ }} for its own. */

/** A text of the code as prose: flags, names of variables, globs and placeholders become code, and nothing of it is markup. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : withCode(part)))
    .join('')
}

/** What is code even where no backticks say so: templates, placeholders, flags with their values, variables, globs. */
const codes =
  /(\{\{.*?\}\}|\$?\$\{[^}]*\}|<[^>\s]+>|(?<![\w-])--?[A-Za-z][a-z-]*(?: [A-Z]{2,})?(?![\w-])|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:=\S*[\w])?|[^\s,;()'"]*\*(?:[^\s,;()'"]*[^\s,;:()'".])?)/g

function withCode(text: string): string {
  return text
    .split(codes)
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : part.replaceAll('<', '&lt;')))
    .join('')
}

/** Code within a sentence, also with backticks in it. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`'
  const space = /^`|`$/.test(text) ? ' ' : ''
  return `${fence}${space}${text.replace(/\s*\n\s*/g, ' ')}${space}${fence}`
}

/** A table; cells are Markdown, and a column without any text is left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_, column) => used[column])
      .map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' '))
      .join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A block of code that no test types, such as the usage of a command. */
export function block(text: string, language = 'text'): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}

/** The anchor of a heading, as GitHub and site generators make it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-')
}

/** A text as a sentence: capital letter, full stop. */
export function sentence(text: string): string {
  const first = /^[a-z][a-z-]*(?=[ ,;:.]|$)/.test(text) ? text.charAt(0).toUpperCase() : text.charAt(0)
  return first + text.slice(1).replace(/([^.!?:])$/, '$1.')
}

/** A page: parts with an empty line between them. */
export function page(...parts: readonly (string | undefined | false)[]): string {
  return `${parts.filter((part) => part !== undefined && part !== false && part !== '').join('\n\n')}\n`
}

/** What every page says about itself. */
export const generated = '<!-- Written from the code by npm run reference. Change the code, not this page. -->'
