import { type Document, visit as visitNodes, type YAMLError } from 'yaml'

/** A fault of a document, and its offset. */
export interface YamlFault {
  readonly code: 'invalid-yaml' | 'invalid-value' | 'too-large'
  readonly message: string
  readonly offset: number
}

/**
 * Syntax errors, and tags, because a tag can change a text to a value that is not JSON. Only the first syntax error is
 * reported: later ones are usually consequences.
 */
export function faultsOf(document: Document.Parsed, text: string): YamlFault[] {
  const syntax = document.errors.filter(({ code }) => !independentErrors.has(code)).slice(0, 1)
  const others = document.errors.filter(({ code }) => independentErrors.has(code))
  const faults = [...syntax, ...others, ...document.warnings].map((error) => faultOf(error, text))
  if (syntax.length > 0 || !text.includes('!')) return faults
  const known = new Set(faults.map(({ offset }) => offset))
  visitNodes(document, {
    Value: (_, { tag, range }) => {
      const offset = tag ? text.lastIndexOf('!', range?.[0] ?? 0) : -1
      // A tag may have several `!`; its fault is reported at the first one.
      const start = tag ? startOfTag(text, offset) : -1
      if (tag && !known.has(start))
        faults.push({
          code: 'invalid-yaml',
          message: `YAML tags such as ${tag} are not allowed.`,
          offset: start,
        })
    },
  })
  return faults
}

function faultOf({ code, message, pos: [offset] }: YAMLError, text: string): YamlFault {
  const own =
    code === 'NON_STRING_KEY'
      ? 'A key must be text, not a collection or an alias.'
      : code === 'DUPLICATE_KEY' && /^<<\s*:/.test(text.slice(offset, offset + 100))
        ? 'The mapping has two merge keys. Write one with a list, such as <<: [*a, *b].'
        : message
  return { code: 'invalid-yaml', message: own, offset }
}

/** Errors that are independent of each other. */
export const independentErrors = new Set<string>(['DUPLICATE_KEY', 'NON_STRING_KEY', 'TAG_RESOLVE_FAILED'])

/** The offset of the first `!` of the word that contains an offset. */
function startOfTag(text: string, offset: number): number {
  let start = offset
  while (start > 0 && !/[\s,[\]{}]/.test(text[start - 1] ?? '')) start--
  return text.indexOf('!', start)
}
