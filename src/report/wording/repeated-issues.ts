import type { Issue, Place } from '../../issue.ts'

/** As many equal issues are shown one by one: a person reads them all, and each has its line of the text. */
const mostAlone = 10

/** The places of a larger group that are told. */
const mostPlaces = 3

/**
 * The issues to show to people: many that differ only in their resource and place are one, at the first place, that says how
 * many there are and where the next two are. Those without a place stay, since nothing else names their resources. Programs get
 * all of them.
 */
export function withoutRepeatedIssues(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length <= mostAlone) return issues
  const groups = new Map<string, Issue[]>()
  for (const issue of issues) {
    if (!issue.place) continue
    const key = keyOf(issue)
    const group = groups.get(key)
    if (group) group.push(issue)
    else groups.set(key, [issue])
  }
  return issues.flatMap((issue) => {
    const group = issue.place ? (groups.get(keyOf(issue)) ?? []) : []
    if (group.length <= mostAlone) return [issue]
    return group[0] === issue ? [summaryOf(group, issue)] : []
  })
}

/** What equal issues have in common: everything but the resource and the place. */
function keyOf({ code, severity, message, fix = '', ref }: Issue): string {
  const common = ref === undefined ? [message, fix] : [message.replace(ref, ''), fix.replace(ref, '')]
  return [severity, code, ...common].join('\n')
}

function summaryOf(group: readonly Issue[], { place, pointer: _, ...first }: Issue): Issue {
  const next = group.slice(1, mostPlaces).flatMap((issue) => (issue.place ? [`at ${textOf(issue.place)}`] : []))
  const message = `${first.message} There are ${count(group.length - 1)} more like it, the next ${next.join(' and ')}.`
  // The line of the first one would say nothing about the others.
  return {
    ...first,
    message,
    ...(place ? { place: { file: place.file, line: place.line, column: place.column } } : {}),
  }
}

function textOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

function count(amount: number): string {
  return String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
