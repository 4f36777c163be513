import type { Issue } from '../../issue.ts'

/** An issue as it may be shown: a line of a file that gives a secret in clear is left out. */
export function withoutSecretExcerpt(issue: Issue): Issue {
  if (!issue.place?.excerpt || !/["']?\bplain\b["']?\s*:/.test(issue.place.excerpt)) return issue
  const { excerpt: _, ...place } = issue.place
  return { ...issue, place }
}
