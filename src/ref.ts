import { byCodePoint } from './json.ts'

/** The name of a resource, independent of the server: `kind/natural key`, split at the first slash. */
export type Ref = `${string}/${string}`

/** The ref of a resource. */
export function refOf(resource: { readonly kind: string; readonly key: string }): Ref {
  return `${resource.kind}/${resource.key}`
}

/** Splits a ref at the first slash. */
export function splitRef(ref: Ref): { readonly kind: string; readonly key: string } {
  const slash = ref.indexOf('/')
  return { kind: ref.slice(0, slash), key: ref.slice(slash + 1) }
}

/** Joins the parts of a composite key. In each part, `/` is escaped as `%2F`, and `%` as `%25`. */
export function keyOf(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll('%', '%25').replaceAll('/', '%2F')).join('/')
}

/** Splits a composite key: the inverse of `keyOf`. */
export function keyParts(key: string): string[] {
  return key.split('/').map((part) => part.replaceAll('%2F', '/').replaceAll('%25', '%'))
}

/** Compares refs by code point. */
export function byRef(a: Ref, b: Ref): number {
  return byCodePoint(a, b)
}

/** Compares resources in snapshot order: by kind, in the order of `kinds`, then by key. */
export function bySnapshotOrder<T extends { readonly kind: string; readonly key: string }>(
  kinds: readonly { readonly name: string }[],
): (a: T, b: T) => number {
  const rank = new Map(kinds.map(({ name }, index) => [name, index]))
  return (a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0) || byCodePoint(a.key, b.key)
}

/** The name in a key of a kind whose names are not unique: the key without its discriminator (`name#1a2b3c4d`). */
export function nameInKey(key: string): string {
  return /^(.*)#[0-9a-f]{8}$/s.exec(key)?.[1] ?? key
}

const unread = '(not read) '

/** What stands for a resource that was not read, of which only the ID on its own server is known. */
export function refOfUnread(kind: string, id: string): Ref {
  return `${kind}/${unread}${id}`
}

/** The ID on its own server that such a ref shows; undefined for every other ref. */
export function idOfUnread(ref: Ref): string | undefined {
  const { key } = splitRef(ref)
  return key.startsWith(unread) ? key.slice(unread.length) : undefined
}
