/** A longer value is a document, of which a part in another encoding says little. */
const longest = 4096

/**
 * The forms in which a message may quote a value, besides the value itself: normal forms of Unicode, percent-encoding,
 * entities of HTML, base64 (also within a longer text that was encoded), and hexadecimal digits. Quotes, escapes and
 * the case of letters are the matter of `conceal`.
 */
export function formsOf(value: string): readonly string[] {
  if (value === '' || value.length > longest) return [value]
  const texts = new Set([value, ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => value.normalize(form))])
  const bytes = Buffer.from(value, 'utf8')
  const encoded = [...texts].flatMap((text) => [percent(text), percent(text).replaceAll('%20', '+'), entities(text)])
  return [...new Set([...texts, ...encoded, bytes.toString('latin1'), bytes.toString('hex'), ...base64(bytes)])]
}

function percent(text: string): string {
  // A lone surrogate has no encoding.
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
}

function entities(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (char) => named[char] ?? char)
}

/** The digits that depend on the value alone, wherever it begins in the encoded text. */
function base64(bytes: Buffer): string[] {
  if (bytes.length < 4) return []
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const isWhole = (before + bytes.length) % 3 === 0
    const inner = text.slice(before === 0 ? 0 : before + 1, isWhole ? undefined : -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
