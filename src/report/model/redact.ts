import type { Issue } from '../../issue.ts'

/** Removes the excerpt of an issue if the line contains a secret in clear text. */
export function withoutSecretExcerpt(issue: Issue): Issue {
  if (!issue.place?.excerpt || !/["']?\bplain\b["']?\s*:/.test(issue.place.excerpt)) return issue
  const { excerpt: _, ...place } = issue.place
  return { ...issue, place }
}
