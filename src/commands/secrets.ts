import type { Issue } from '../issue.ts'
import { writeJson } from '../json.ts'
import type { Kind } from '../kind.ts'
import type { SecretValues } from '../model.ts'
import { placed } from '../operations/make-plan.ts'
import { type SecretFlags, secretValuesFor } from '../operations/secret-sources.ts'
import { sourceText } from '../placeholder.ts'
import { plural, visible } from '../plain-text.ts'
import { missingSecretIssue } from '../plan/guard.ts'
import { refOf } from '../ref.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
import type { Style } from '../report/text/style.ts'
import type { Parsed } from '../snapshot/parse.ts'
import type { ExitStatus, Io } from './io.ts'
import { loadSnapshot } from './validate.ts'

/** One placeholder of a snapshot, as it is listed. */
interface Row {
  readonly ref: string
  /** Into the resource's spec. */
  readonly pointer: string
  readonly source: string
  readonly filled: boolean
  readonly reason?: string
}

/**
 * Lists the placeholders of a snapshot, where each is filled from, and whether it can be now. Exits with 3 where one cannot be, as an
 * apply that makes its resource would.
 */
export async function listSecrets(
  flags: SecretFlags & { readonly snapshot: string; readonly format?: 'text' | 'json' },
  kinds: readonly Kind[],
  io: Io,
): Promise<ExitStatus> {
  const parsed = await loadSnapshot(flags.snapshot, kinds, io)
  const secretValues = await secretValuesFor(parsed.snapshot.resources, flags, io)
  const { rows, issues } = listed(parsed, secretValues)
  const exit = issues.length > 0 ? 'usage' : 'ok'
  if (flags.format === 'json') {
    const report = {
      schema: 'prefect-snapshot/secrets',
      version: 1,
      tool: io.version,
      exit,
      issues: issues.map(withoutSecretExcerpt),
      secrets: rows,
    }
    io.out(`${writeJson(report as never, 2)}\n`)
    return exit
  }
  io.out(tableText(rows, io.style))
  io.warn(issues)
  return exit
}

function listed(parsed: Parsed, secretValues: SecretValues) {
  const rows: Row[] = []
  const issues: Issue[] = []
  for (const resource of parsed.snapshot.resources)
    for (const [pointer, placeholder] of Object.entries(resource.secrets)) {
      const ref = refOf(resource)
      const lack = secretValues.missingReason(placeholder)
      const row = { ref, pointer, source: sourceText(placeholder), filled: !lack }
      rows.push(lack ? { ...row, reason: lack.reason } : row)
      if (lack) issues.push(placed(missingSecretIssue(lack, ref, pointer, `has no value for ${pointer}:`), parsed))
    }
  return { rows, issues }
}

function tableText(rows: readonly Row[], style: Style): string {
  if (rows.length === 0) return 'The snapshot has no secrets.\n'
  const cells = rows.map(({ ref, pointer, source }) => [ref, pointer, source].map(visible))
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(({ filled }, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    return `${filled ? style.green('✓') : style.red('✗')} ${row.join('  ').trimEnd()}\n`
  })
  const lacking = rows.filter(({ filled }) => !filled).length
  const end = lacking === 0 ? 'all can be filled' : `${lacking} cannot be filled`
  return `${lines.join('')}\n${plural(rows.length, 'secret')}, ${end}\n`
}
