import type { Issue } from '../../issue.ts'
import { visible } from '../../plain-text.ts'
import { withoutSecretExcerpt } from '../model/redact.ts'
import type { Style } from './style.ts'

/** Formats issues: position, message, the line itself, and the fix. Keeps their order. */
export function issuesText(issues: readonly Issue[], style: Style): string {
  return issues.map((issue) => issueText(withoutSecretExcerpt(issue), style)).join('')
}

function issueText({ code, severity, message, fix, place, pointer }: Issue, style: Style): string {
  const color = severity === 'error' ? style.red : style.yellow
  const where = place ? `${style.bold(`${visible(place.file)}:${place.line}:${place.column}`)} ` : ''
  const out = [`${where}${color(severity)} ${style.dim(`[${code}]`)} ${lines(message)}`]
  if (place?.excerpt !== undefined) {
    const number = String(place.line)
    out.push(style.dim(`  ${number} | `) + visible(place.excerpt.slice(0, 160)))
    if (place.column <= 160) out.push(`${' '.repeat(number.length + 5 + place.column - 1)}${color('^')}`)
  } else if (pointer) out.push(style.dim(`  at ${visible(pointer)}`))
  if (fix) out.push(`  → ${lines(fix)}`)
  return `${out.join('\n')}\n`
}

/** Escapes each line of a message. */
function lines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}
