import type { Ref } from '../ref.ts'

/**
 * The refs of the documents in a text, found by their lines `kind:` and `key:` without parsing it: ten times as fast, and also in
 * a text with errors. A document that is written in another way, such as on one line, is missed.
 */
export function scanRefs(text: string): readonly Ref[] {
  const refs: Ref[] = []
  let kind: string | undefined
  let key: string | undefined
  const end = () => {
    if (kind !== undefined && key !== undefined && isKind(kind)) refs.push(`${kind}/${key}`)
    kind = undefined
    key = undefined
  }
  for (const [, name = '', value = ''] of text.matchAll(/^(---|kind:|key:)(.*)$/gm)) {
    if (name === '---') end()
    else if (name === 'kind:') kind = scalar(value)
    else key = scalar(value)
  }
  end()
  return refs
}

function isKind(name: string): boolean {
  return /^[a-z][a-z-]*$/.test(name) && name !== 'snapshot' && name !== 'overlay'
}

/** A text on one line: plain or in quotes. Undefined for everything else. */
function scalar(written: string): string | undefined {
  const text = written.trim()
  const single = /^'((?:[^']|'')*)'/.exec(text)?.[1]
  if (single !== undefined) return single.replaceAll("''", "'")
  const double = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0]
  if (double !== undefined) return unescaped(double)
  const plain = text.replace(/(^|\s)#.*$/, '').trim()
  return plain === '' || /^[|>&*!{[%@`"']/.test(plain) ? undefined : plain
}

/** The escapes that YAML shares with JSON. */
function unescaped(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return undefined
  }
}
