/**
 * Whether a server's version is `since` or newer. Prefect Cloud ('cloud') has everything. A pre-release counts as its
 * release (`3.7.0rc1` has what 3.7.0 has).
 */
export function atLeast(version: string, since: string | undefined): boolean {
  if (since === undefined || version === 'cloud') return true
  const [have, want] = [numbers(version), numbers(since)]
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** Whether this is the version of a workspace of Prefect Cloud, which has no number. */
export function isCloud(version: string): boolean {
  return version === 'cloud'
}

/** Whether a server has resources of a kind: from a version on, and some of them only where one hosts it oneself. */
export function hasKind(
  version: string,
  { since, selfHostedOnly }: { readonly since?: string; readonly selfHostedOnly?: true },
): boolean {
  return atLeast(version, since) && !(selfHostedOnly && isCloud(version))
}

/**
 * Whether a server runs Prefect 2. Such servers can be exported, paused and resumed, but nothing else is written to
 * them.
 */
export function isPrefect2(version: string): boolean {
  return !atLeast(version, '3.0.0')
}

function numbers(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0)
}

/**
 * Why a server older than `since` cannot have a field. With a clause about what would go wrong `without` it, such a server
 * cannot have the resource.
 */
export function notBefore(
  since: string,
  without?: string,
): { readonly drops: 'resource' | 'field'; readonly reason: string } {
  const reason = `Prefect has it from ${since} on`
  return without === undefined
    ? { drops: 'field', reason }
    : { drops: 'resource', reason: `${reason}, and without it ${without}` }
}
