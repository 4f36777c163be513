import { createHash } from 'node:crypto'

/** The file of the header. */
export const headerFile = 'snapshot.yaml'

/**
 * The file of a resource within a directory; it depends on kind and key alone. Parts of a key are folders. Letters and
 * digits of any script and `-_.@,` stand for themselves, a blank is `+`, all else is percent-encoded: `Daily+load=1.yaml`.
 * What comes after `=` tells apart what a file system may not: which letters are capitals. No name is reserved, hidden or
 * too long on any usual system, and no two are the same where case or Unicode normalization do not count. What does not
 * fit is cut, and ends in `==` and a checksum of the key; every other name gives back its key.
 */
export function fileOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  const parts = key.split('/')
  const names = parts.map((part, index) => nameOf(part, index < parts.length - 1))
  const file = `${kind}/${names.join('/')}.yaml`
  const fits = lengthOf(file) <= longestPath && names.every((name) => lengthOf(`${name}.yaml`) <= longestName)
  return fits ? file : `${kind}/${cut(bodyOf(key))}==${checksum(key)}.yaml`
}

/** Whether two names are of the same file: some systems give names back in another normal form of Unicode. */
export function sameFile(a: string, b: string): boolean {
  return a === b || a.normalize('NFC') === b.normalize('NFC')
}

/** Of one name, in bytes and in UTF-16: ext4, NTFS, APFS and HFS+. */
const longestName = 255
/** Of the path within the directory: there is to be room before it where a path has 260 characters at most. */
const longestPath = 400
/** What is kept of a key that does not fit, in bytes. */
const beginning = 100

function nameOf(part: string, folder: boolean): string {
  if (part === '') return '%'
  const body = bodyOf(part)
  // A folder is not to have the name of a file beside it.
  const name = folder ? body.replace(/\.(?=ya?ml$)/i, '%2E') : body
  return `${name}${capitals(name)}`
}

/** Names of devices on Windows, with or without an extension. */
const reserved = /^(?:con|prn|aux|nul|conin%24|conout%24|com[\d¹²³]|lpt[\d¹²³])(?=\.|$)/i

function bodyOf(part: string): string {
  const body = guarded(Array.from(part, (char) => (plain(char) ? char : char === ' ' ? '+' : escaped(char))).join(''))
  if (/^\p{ASCII}*$/u.test(body)) return body
  const stable = [body, lower(body), upper(body)].every((text) => text.normalize('NFC') === text)
  return stable ? body : body.replace(/\P{ASCII}/gu, escaped)
}

/** Not hidden, not a way up, no device. */
function guarded(body: string): string {
  return body.replace(/^\.|\.$/g, '%2E').replace(reserved, (word) => `${escaped(word.slice(0, 1))}${word.slice(1)}`)
}

/** Whether a character stands for itself: a letter or digit whose capital, if it has one, is one character and leads back. */
function plain(char: string): boolean {
  if (/^\p{ASCII}$/u.test(char)) return /[A-Za-z0-9._@,-]/.test(char)
  if (!/[\p{L}\p{M}\p{N}]/u.test(char) || /\p{Default_Ignorable_Code_Point}/u.test(char)) return false
  return (
    upper(lower(char)) === upper(char) &&
    lower(upper(char)) === lower(char) &&
    [lower(char), upper(char)].includes(char)
  )
}

/** Per character, so that no context counts. A character whose other case is several has none. */
function lower(text: string): string {
  return Array.from(text, (char) => char.toLowerCase()).join('')
}
function upper(text: string): string {
  return Array.from(text, (char) => char.toUpperCase()).join('')
}

/** Which of the letters that have two cases are capitals, as a number; nothing where none is. */
function capitals(body: string): string {
  const letters = Array.from(body.replace(/%[0-9A-F]{2}/g, '')).filter((char) => lower(char) !== upper(char))
  const bits = letters.map((char) => (char === lower(char) ? '0' : '1')).reverse()
  return bits.includes('1') ? `=${BigInt(`0b${bits.join('')}`).toString(36)}` : ''
}

function escaped(char: string): string {
  // A lone half of a pair is no character, and no text in UTF-8 has it.
  return Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

/** The beginning of a name, cut between characters. */
function cut(body: string): string {
  let out = ''
  for (const [unit] of body.matchAll(/(?:%[0-9A-F]{2})+|\P{M}\p{M}*|\p{M}+/gu)) {
    if (lengthOf(out + unit) > beginning) break
    out += unit
  }
  return out
}

function checksum(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32)
}

/** As the strictest system counts: in bytes of UTF-8, or in UTF-16 with accents by themselves. */
function lengthOf(text: string): number {
  return Math.max(Buffer.byteLength(text), text.normalize('NFD').length)
}
