/** A text as Python's `repr` shows it. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0
    if (char === '\\' || char === quote) return `\\${char}`
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[char]
    if (named !== undefined) return named
    if (code < 0x20 || code === 0x7f || (code > 0x7f && !/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)))
      return code > 0xffff
        ? `\\U${code.toString(16).padStart(8, '0')}`
        : code > 0xff
          ? `\\u${code.toString(16).padStart(4, '0')}`
          : `\\x${code.toString(16).padStart(2, '0')}`
    return char
  })
  return `${quote}${escaped.join('')}${quote}`
}

/** The parts of six characters of a secret that a text contains, in plain form or as JSON or `repr` escapes them. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const forms = secrets.flatMap(sixes).flatMap((part) => [part, JSON.stringify(part).slice(1, -1), ...escapedIn(part)])
  return [...new Set(forms)].filter((part) => text.includes(part))
}

function escapedIn(part: string): string[] {
  return [`${part}'`, `${part}"'`, part].map((context) =>
    pythonRepr(context)
      .slice(1, -1)
      .replace(/\\?["']+$/, ''),
  )
}

function sixes(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 5) }, (_, at) => text.slice(at, at + 6))
}
