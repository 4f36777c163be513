/**
 * Whether a failed request says, in the words of a Prefect server, that an object does not exist: `Work pool "x" not found.`
 * Any other 404 may be about the workspace, the route or a proxy, and says nothing about the object. `nouns` are names of its
 * kind; a server may leave out the first words of one.
 */
export function saysGone(error: unknown, nouns: readonly string[]): boolean {
  if (!(error instanceof Error && 'status' in error && error.status === 404 && 'detail' in error)) return false
  const detail = String(error.detail)
  return nouns.some((noun) => beginning(noun).test(detail))
}

function beginning(noun: string): RegExp {
  const words = noun.split(/[- ]/)
  const last = words.pop() ?? ''
  const first = words.map((word) => `(?:${word} )?`).join('')
  return new RegExp(`^(?:the )?${first}${last}\\b.*\\b(?:not found|does not exist)\\b`, 'i')
}
