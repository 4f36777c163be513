import type { Issue } from '../issue.ts'
import type { Style } from './style.ts'

/** Issues for people: what, where, the line itself, what to do. Errors first as they came. */
export function issuesText(issues: readonly Issue[], style: Style): string {
  return issues.map((issue) => issueText(issue, style)).join('')
}

function issueText({ code, severity, message, fix, place, pointer }: Issue, style: Style): string {
  const colour = severity === 'error' ? style.red : style.yellow
  const where = place ? `${style.bold(`${place.file}:${place.line}:${place.column}`)} ` : ''
  const lines = [`${where}${colour(severity)} ${style.dim(`[${code}]`)} ${message}`]
  if (place?.excerpt !== undefined) {
    const number = String(place.line)
    lines.push(style.dim(`  ${number} | `) + place.excerpt.slice(0, 160))
    if (place.column <= 160) lines.push(`${' '.repeat(number.length + 5 + place.column - 1)}${colour('^')}`)
  } else if (pointer) lines.push(style.dim(`  at ${pointer}`))
  if (fix) lines.push(`  → ${fix}`)
  return `${lines.join('\n')}\n`
}
