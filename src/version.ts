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

/** Where a kind or a field exists: from a version on, and some only in Prefect Cloud, or only on servers that one hosts oneself. */
export interface Availability {
  readonly since?: string
  readonly only?: 'cloud' | 'server'
}

/** Whether a server has a kind or a field. */
export function supports(version: string, { since, only }: Availability): boolean {
  return atLeast(version, since) && (only === undefined || (only === 'cloud') === isCloud(version))
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
 * Why a server that does not support a field cannot have it. With a clause about what would go wrong `without` it, such a server
 * cannot have the resource.
 */
export function whyMissing({ since, only, without }: Availability & { readonly without?: string }): {
  readonly drops: 'resource' | 'field'
  readonly reason: string
} {
  const reason = only === 'cloud' ? 'only Prefect Cloud has it' : `Prefect has it from ${since} on`
  return without === undefined
    ? { drops: 'field', reason }
    : { drops: 'resource', reason: `${reason}, and without it ${without}` }
}

/** Why a server older than `since` cannot have a field, as `whyMissing` says it. */
export function notBefore(since: string, without?: string): ReturnType<typeof whyMissing> {
  return whyMissing({ since, ...(without === undefined ? {} : { without }) })
}
