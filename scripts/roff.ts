/* Text as roff, the language of manual pages (man(7)). */

/** A text in which nothing is a request, an escape or a hyphen that may be broken. */
export function literal(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
}

/** A sentence: flags and what is in backticks are bold. */
export function sentences(text: string): string {
  return text
    .split(/(`[^`]+`|(?<![\w-])--?[a-z][a-z-]*(?![\w-]))/)
    .map((part, index) => (index % 2 === 1 ? bold(part.replaceAll('`', '')) : plain(part)))
    .join('')
    .replace(/^\./, '\\&.')
}

function plain(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll("'", '\\(aq').replaceAll('~', '\\(ti').replaceAll('^', '\\(ha')
}

/** Bold text, which is taken as it is. */
export function bold(text: string): string {
  return `\\fB${literal(text)}\\fR`
}

/** A word that stands for others. */
export function italic(text: string): string {
  return `\\fI${literal(text)}\\fR`
}

/** `-o, --output <path>`: the names bold, the value in italics. */
export function flagTerm(flags: string): string {
  return flags
    .split(/(<[^>]+>)/)
    .map((part) => (part.startsWith('<') ? italic(part.slice(1, -1)) : part === '' ? '' : bold(part)))
    .join('')
}

/** A term with what it means below. */
export function tagged(term: string, text: string): string {
  return `.TP\n${term}\n${text}`
}

/** Lines that are printed as they are. */
export function lines(text: readonly string[]): string {
  return ['.RS 4', '.nf', ...text.map(literal), '.fi', '.RE'].join('\n')
}

/** A page: the header, and sections with their texts. Empty sections are left out. */
export function manualPage(
  title: string,
  source: string,
  sections: readonly (readonly [string, readonly string[]])[],
): string {
  const head = `.TH "${title.toUpperCase().replaceAll('-', '\\-')}" "1" "" "${literal(source)}" "User Commands"`
  const body = sections
    .filter(([, parts]) => parts.length > 0)
    .map(([name, parts]) => [`.SH "${name}"`, ...parts].join('\n'))
  return `${[head, ...body].join('\n')}\n`
}
