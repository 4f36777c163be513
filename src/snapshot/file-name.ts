import { createHash } from 'node:crypto'

/** The file of the header document. */
export const headerFile = 'snapshot.yaml'

/**
 * The path of a resource's file in a directory; it depends only on kind and key. Each part of a key is a folder.
 * Letters and digits of any script and `-_.@,` are kept, a space becomes `+`, everything else is percent-encoded:
 * `Daily+load=1.yaml`. The suffix after `=` encodes which letters are capitals, for file systems that ignore case. No
 * name is reserved, hidden or too long on a common system, and no two names are equal if case or Unicode normalization
 * is ignored. A name that is too long is truncated and ends in `==` and a checksum of the key; every other name can be
 * decoded to its key.
 */
export function fileOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  const parts = key.split('/')
  const names = parts.map((part, index) => nameOf(part, index < parts.length - 1))
  const file = `${kind}/${names.join('/')}.yaml`
  const fits = lengthOf(file) <= longestPath && names.every((name) => lengthOf(`${name}.yaml`) <= longestName)
  return fits ? file : `${kind}/${cut(bodyOf(key))}==${checksum(key)}.yaml`
}

/** The path of a folder for something with this name; like that of a file, with a folder for each part. No two are the same. */
export function folderOf(name: string): string {
  return name
    .split('/')
    .map((part) => nameOf(part, true))
    .join('/')
}

/** Whether two names identify the same file: some systems return names in another Unicode normalization. */
export function sameFile(a: string, b: string): boolean {
  return a === b || a.normalize('NFC') === b.normalize('NFC')
}

/** Maximum length of one name, in bytes and in UTF-16: ext4, NTFS, APFS and HFS+. */
const longestName = 255
/** Maximum length of the path within the directory. */
const longestPath = 400
/** Length of the beginning of a key that is kept if it is too long, in bytes. */
const beginning = 100

function nameOf(part: string, folder: boolean): string {
  if (part === '') return '%'
  const body = bodyOf(part)
  // A folder must not have the name of a file beside it.
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

/** Escapes names that would be hidden, `..`, or a device. */
function guarded(body: string): string {
  return body.replace(/^\.|\.$/g, '%2E').replace(reserved, (word) => `${escaped(word.slice(0, 1))}${word.slice(1)}`)
}

/** Whether a character is kept: a letter or digit whose other case, if any, is one character and maps back. */
function plain(char: string): boolean {
  if (/^\p{ASCII}$/u.test(char)) return /[A-Za-z0-9._@,-]/.test(char)
  if (!/[\p{L}\p{M}\p{N}]/u.test(char) || /\p{Default_Ignorable_Code_Point}/u.test(char)) return false
  return (
    upper(lower(char)) === upper(char) &&
    lower(upper(char)) === lower(char) &&
    [lower(char), upper(char)].includes(char)
  )
}

/** Per character, so that context does not matter. Characters whose other case is several characters are unchanged. */
function lower(text: string): string {
  return Array.from(text, (char) => char.toLowerCase()).join('')
}
function upper(text: string): string {
  return Array.from(text, (char) => char.toUpperCase()).join('')
}

/** Encodes which letters are capitals as a number; empty if none is. */
function capitals(body: string): string {
  const letters = Array.from(body.replace(/%[0-9A-F]{2}/g, '')).filter((char) => lower(char) !== upper(char))
  const bits = letters.map((char) => (char === lower(char) ? '0' : '1')).reverse()
  return bits.includes('1') ? `=${BigInt(`0b${bits.join('')}`).toString(36)}` : ''
}

function escaped(char: string): string {
  // A lone surrogate is not a character, and does not occur in UTF-8.
  return Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

/** The beginning of a name, truncated between characters. */
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

/** The length as the strictest system counts it: in bytes of UTF-8, or in UTF-16 with decomposed accents. */
function lengthOf(text: string): number {
  return Math.max(Buffer.byteLength(text), text.normalize('NFD').length)
}
