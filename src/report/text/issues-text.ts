import type { Issue } from '../../issue.ts'
import { visible } from '../../plain-text.ts'
import { withoutSecretExcerpt } from '../model/redact.ts'
import { withoutRepeatedIssues } from '../wording/repeated-issues.ts'
import type { Style } from './style.ts'
import { paragraph } from './wrap.ts'

/**
 * Formats issues: position, message, the line itself, and the fix. Keeps their order; many equal ones are one. Lines are as long as
 * it takes, unless a width is given.
 */
export function issuesText(issues: readonly Issue[], style: Style, width = Number.POSITIVE_INFINITY): string {
  return withoutRepeatedIssues(issues)
    .map((issue) => issueText(withoutSecretExcerpt(issue), style, width))
    .join('')
}

function issueText({ code, severity, message, fix, place, pointer }: Issue, style: Style, width: number): string {
  const color = severity === 'error' ? style.red : style.yellow
  const where = place ? `${style.bold(`${visible(place.file)}:${place.line}:${place.column}`)} ` : ''
  const room = Math.min(160, width - String(place?.line ?? '').length - 5)
  const out = [wrapped(`${where}${color(severity)} ${style.dim(`[${code}]`)} ${lines(message)}`, width, '  ')]
  if (place?.excerpt !== undefined) {
    const number = String(place.line)
    out.push(style.dim(`  ${number} | `) + visible(place.excerpt.slice(0, room)))
    if (place.column <= room) out.push(`${' '.repeat(number.length + 5 + place.column - 1)}${color('^')}`)
  } else if (pointer) out.push(style.dim(`  at ${visible(pointer)}`))
  if (fix) out.push(wrapped(`  → ${lines(fix)}`, width, '    '))
  return `${out.join('\n')}\n`
}

/** Wraps each line of a text between words. */
function wrapped(text: string, width: number, indent: string): string {
  const wrap = (line: string) => paragraph(line, width, (plain) => plain, indent).trimEnd()
  return Number.isFinite(width) ? text.split('\n').map(wrap).join('\n') : text
}

/** Escapes each line of a message. */
function lines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}
