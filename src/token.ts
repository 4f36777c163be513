import { type Json, mapStrings, type Pointer, someString, steps } from './json.ts'
import type { Id, Ref } from './model.ts'

/*
 * An ID inside freeform JSON is written `<ref:kind/key>`. A run of n `<` before a literal `ref:` is doubled, and so is
 * a run directly before a token: an odd run opens a token, an even run is text.
 */
const opening = /(?<!<)(<+)ref:/g
const hasUuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
const uuid = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi

/** Whether a text is a UUID, the form of all Prefect IDs. */
export function isUuid(text: string): boolean {
  return text.length === 36 && text.match(uuid)?.[0] === text
}

/** The token for a ref. */
export function tokenOf(ref: Ref): string {
  return `<ref:${ref.replaceAll('%', '%25').replaceAll('>', '%3E')}>`
}

type Piece = { readonly text: string } | { readonly ref: Ref; readonly token: string }

/** Splits a string into text and tokens. `broken` has the tokens that are not closed or name no kind. */
export function cut(text: string): { readonly pieces: readonly Piece[]; readonly broken: readonly string[] } {
  const pieces: Piece[] = []
  const broken: string[] = []
  let from = 0
  let close = 0
  for (const match of text.matchAll(opening)) {
    if (match.index < from) continue
    const run = match[1]?.length ?? 0
    const start = match.index + run - 1
    pieces.push({ text: text.slice(from, match.index) + '<'.repeat(run >> 1) })
    if (run % 2 === 0) {
      from = match.index + run
      continue
    }
    // A text of tokens that are not closed is searched once.
    if (close >= 0 && close <= start) close = text.indexOf('>', start)
    const end = close
    const name = end < 0 ? '' : text.slice(start + 5, end)
    if (!/^[a-z][a-z-]*\/./s.test(name)) {
      broken.push(text.slice(start, start + 60))
      from = start + 1
      pieces.push({ text: '<' })
      continue
    }
    pieces.push({ ref: name.replaceAll('%3E', '>').replaceAll('%25', '%') as Ref, token: text.slice(start, end + 1) })
    from = end + 1
  }
  pieces.push({ text: text.slice(from) })
  return { pieces, broken }
}

/** Escapes text outside tokens; `beforeToken` if a token follows. */
function escaped(text: string, beforeToken: boolean): string {
  const doubled = text.replace(opening, (_, run: string) => `${run}${run}ref:`)
  return beforeToken ? doubled.replace(/(?<!<)<+$/, (run) => run + run) : doubled
}

/**
 * Replaces every known ID in a value with a token, and escapes text that looks like a token. Calls `onUnknown` for each
 * unknown ID.
 */
export function idsToTokens(
  value: Json,
  refOf: (id: string) => Ref | undefined,
  onUnknown?: (id: string, text: string, pointer: Pointer) => void,
): Json {
  if (!someString(value, mayChange)) return value
  return mapStrings(value, (text, pointer) => {
    if (!mayChange(text)) return text
    let out = ''
    let from = 0
    for (const match of text.matchAll(uuid)) {
      const ref = refOf(match[0].toLowerCase())
      if (!ref) {
        onUnknown?.(match[0], text, pointer)
        continue
      }
      out += escaped(text.slice(from, match.index), true) + tokenOf(ref)
      from = match.index + match[0].length
    }
    return out + escaped(text.slice(from), false)
  })
}

/** A value whose texts that look like tokens are escaped, so that they stay text. */
export function withEscapes(value: Json): Json {
  return idsToTokens(value, () => undefined)
}

/** Whether a text may contain an ID or something that looks like a token. */
function mayChange(text: string): boolean {
  return text.length >= 36 ? mayHaveToken(text) || hasUuid.test(text) : text.length > 4 && mayHaveToken(text)
}

/** Whether a text contains the beginning of a token, escaped or not. */
export function mayHaveToken(text: string): boolean {
  return text.includes('<ref:')
}

/** Replaces every token in a value with its ID: the inverse of `idsToTokens`. */
export function tokensToIds(value: Json, idOf: (ref: Ref) => Id): Json {
  if (!someString(value, mayHaveToken)) return value
  return mapStrings(value, (text) =>
    mayHaveToken(text)
      ? cut(text)
          .pieces.map((piece) => ('ref' in piece ? idOf(piece.ref) : piece.text))
          .join('')
      : text,
  )
}

/** The refs of the tokens in a text, in their order. */
export function refsIn(text: string): Ref[] {
  if (!mayHaveToken(text)) return []
  return cut(text).pieces.flatMap((piece) => ('ref' in piece ? [piece.ref] : []))
}

/** A text in which everything outside of tokens is changed. What the change makes is text, even if it looks like a token. */
export function changeOutsideTokens(text: string, change: (text: string) => string): string {
  if (!mayHaveToken(text)) return escaped(change(text), false)
  let [out, between, isChanged] = ['', '', false]
  const flush = (beforeToken: boolean) => {
    const next = change(between)
    isChanged ||= next !== between
    out += escaped(next, beforeToken)
    between = ''
  }
  for (const piece of cut(text).pieces) {
    if ('text' in piece) between += piece.text
    else {
      flush(true)
      out += piece.token
    }
  }
  flush(false)
  return isChanged ? out : text
}

/** Replaces the ref of every token in a text. Everything else is unchanged, including escapes. */
export function renameTokens(text: string, rename: (ref: Ref) => Ref): string {
  if (!mayHaveToken(text)) return text
  let out = ''
  let from = 0
  for (const match of text.matchAll(opening)) {
    const run = match[1]?.length ?? 0
    const start = match.index + run - 1
    const end = text.indexOf('>', start)
    if (match.index < from || run % 2 === 0 || end < 0) continue
    const [piece] = cut(text.slice(start, end + 1)).pieces.filter((piece) => 'ref' in piece)
    if (!piece) continue
    out += text.slice(from, start) + tokenOf(rename(piece.ref))
    from = end + 1
  }
  return out + text.slice(from)
}

/**
 * The keys in freeform JSON where Prefect expects the ID of an object (automation actions, block links, queue filters).
 */
export function idKeysOf(kinds: readonly { readonly idKeys?: readonly string[] }[]): ReadonlySet<string> {
  return new Set(kinds.flatMap(({ idKeys = [] }) => idKeys))
}

/** In which places of freeform JSON a UUID is the ID of a server's object, as opposed to a value of the user. */
export interface IdPlaces {
  /** Keys under which it is one (`idKeysOf`). */
  readonly idKeys: ReadonlySet<string>
  /** Where set, it is one everywhere except below these keys (`Field.idsExceptIn`). */
  readonly idsExceptIn?: readonly string[] | undefined
}

/** The name of a resource before an ID, in `prefect.work-pool.<id>` or `prefect-cloud.webhook.<id>`. */
const resourcePrefix = /(?<![\w.-]|:\/\/)prefect[\w-]*(?:\.[\w-]+)+\.$/i

/** Whether a UUID in a text at this pointer is an ID that Prefect would look up, whatever the text is. */
export function expectsId(id: string, text: string, pointer: Pointer, { idKeys, idsExceptIn }: IdPlaces): boolean {
  if (idsExceptIn && !steps(pointer).some((key) => idsExceptIn.includes(key))) return true
  if (text === id && idKeys.has(/([^/]*)(\/\d+)?$/.exec(pointer)?.[1] ?? '')) return true
  return text
    .split(id)
    .slice(0, -1)
    .some((before) => resourcePrefix.test(before))
}

/** The IDs in places where Prefect expects one. In a snapshot, these are IDs that the export could not resolve. */
export function idsIn(value: Json, places: IdPlaces): { readonly id: string; readonly pointer: Pointer }[] {
  const found: { id: string; pointer: Pointer }[] = []
  idsToTokens(
    value,
    () => undefined,
    (id, text, pointer) => {
      if (expectsId(id, text, pointer, places)) found.push({ id, pointer })
    },
  )
  return found
}
