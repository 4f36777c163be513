import type { Issue } from '../issue.ts'

/**
 * Issues, of which those that one line of an overlay causes in several resources are one, with their number: a typing error
 * in an entry is one error, whatever the entry matches. Keeps the order of the first ones.
 */
export function countedIssues(issues: readonly Issue[]): Issue[] {
  const groups = new Map<string, { readonly first: Issue; count: number }>()
  for (const [index, issue] of issues.entries()) {
    const { code, ref, message, place, pointer = '' } = issue
    const where = place && ref ? [place.file, place.line, place.column, pointer, message.split(ref).join('')] : [index]
    const key = JSON.stringify([code, ...where])
    const group = groups.get(key)
    if (group) group.count++
    else groups.set(key, { first: issue, count: 1 })
  }
  return [...groups.values()].map(({ first, count }) => (count === 1 ? first : withCount(first, count)))
}

function withCount(issue: Issue, count: number): Issue {
  const { ref = '', message } = issue
  const others = ` (and ${count - 1} more)`
  const at = message.indexOf(ref)
  const end = at < 0 ? message.length : at + ref.length
  return { ...issue, message: `${message.slice(0, end)}${others}${message.slice(end)}` }
}

/** Variables that are not set, each of them once, with the number of its uses. */
export function countedVariables(issues: readonly Issue[]): Issue[] {
  const uses = new Map<string, number>()
  const first = issues.filter(({ code, message }) => {
    if (code !== 'missing-variable') return true
    const before = uses.get(message) ?? 0
    uses.set(message, before + 1)
    return before === 0
  })
  return first.map((issue) => {
    const count = issue.code === 'missing-variable' ? (uses.get(issue.message) ?? 1) : 1
    return count === 1 ? issue : { ...issue, message: `${issue.message} The overlay uses it ${count} times.` }
  })
}
