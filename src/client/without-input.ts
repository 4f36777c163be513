const value = '(value)'

/** What a JSON Schema validator says of the value that its message begins with. */
const verdict = new RegExp(
  ` (?:${[
    "is not (?:valid under|a multiple of|an? (?='))",
    'is (?:not (?:of type|one of)|less than|greater than|too long|too short|valid under each of|a dependency of)',
    'was expected|should (?:be non-empty|not be valid under)',
    'does not (?:match|contain|have enough)|has (?:non-unique elements|too many|too few)',
  ].join('|')})`,
  'g',
)
/** After these, a message quotes the schema. */
const ofSchema = /^ (?:is not (?:of type|one of|an? )|does not match)/
/** What precedes the value in such a message. */
const lead = /^[\s\S]*?(?:Failure reason: |Error: |Value error, |\b(?:creating|updating|hydrating) [a-z ]+: )/
/** How a value begins in Python's `repr`. */
const anyValue = /^\s*(?:b?['"]|[-\d[{(<]|None|True|False)/
/** A name that the schema of a server requires, or a place in it. */
const schemaName = /'[\w.[\]-]{1,80}' is a required property|Validation failed for field '[\w.[\]-]{1,80}'/g

/**
 * A server's message without the values that it quotes: the instance that a schema does not allow, the input of
 * validation errors, the instance in their long form, and every text in quotes for which `isName` is false.
 */
export function withoutInput(message: string, isName: (text: string) => boolean): string {
  const text = unwrapped(message)
    .replace(/,? ?input_value=[\s\S]*?(?=, input_type=\w+\]|$)/g, '')
    .replace(/,? ?input_type=\w+/g, '')
    .replace(/\s*For further information visit \S+/g, '')
    .replace(/\s*(?:Failed validating|On instance)\b[\s\S]*$/, '')
  const verdicts = [...text.matchAll(verdict)]
  const last = verdicts.at(-1)
  if (!last) return collapse(withoutQuoted(text, isName))
  const head = text.slice(0, last.index)
  const [before = ''] = lead.exec(head) ?? []
  if (!anyValue.test(head.slice(before.length))) return collapse(withoutQuoted(text, isName))
  const said = text.slice(last.index)
  return `${withoutQuoted(before, isName)}${value}${ofSchema.test(said) ? said : collapse(withoutQuoted(said, isName))}`
}

/** The message of an exception that is shown as Python's `repr`, such as `<ValidationError: '…'>` or `ValueError("…")`. */
function unwrapped(message: string): string {
  const [whole, name = '', , quoted = ''] =
    /(?:<(\w+): |\b(\w+(?:Error|Exception))\()((?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"))[>)]/.exec(message) ??
    []
  if (whole === undefined) return message
  const inner = quoted.slice(1, -1).replace(/\\([\s\S])/g, (all, char: string) => (/[\\'"]/.test(char) ? char : all))
  return message.replace(whole, () => (name === '' ? inner : `${name}: ${inner}`))
}

/** Without the texts in quotes that are no names. After a quote that is not closed, nothing is left. */
function withoutQuoted(text: string, isName: (text: string) => boolean): string {
  const kept = new Map([...text.matchAll(schemaName)].map((match) => [match.index + match[0].indexOf("'"), true]))
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const quote = text[at] ?? ''
    if (!/['"]/.test(quote) || /\w/.test(text[at - 1] ?? '')) {
      out += quote
      continue
    }
    const end = closing(text, at)
    if (end === undefined) return out + value
    const inner = text.slice(at + 1, end)
    out += kept.has(at) || isName(inner) ? `${quote}${inner}${quote}` : value
    at = end
  }
  return out
}

/** The quote that closes the one at `at`: not escaped, and not followed by a letter, as in a text that is not escaped. */
function closing(text: string, at: number): number | undefined {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === text[at] && !/\w/.test(text[end + 1] ?? '')) return end
  }
  return undefined
}

/** Lists and dictionaries in which a value was left out, as one value. */
function collapse(text: string): string {
  const list = /\[[^[\]{}]*\(value\)[^[\]{}]*\]|\{[^[\]{}]*\(value\)[^[\]{}]*\}/g
  const out = text.replace(list, value)
  return out === text ? out : collapse(out)
}
