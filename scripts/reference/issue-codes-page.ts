import { exitCodes, statusOf } from '../../src/cli/exit-codes.ts'
import { applyCodes } from '../../src/issue/apply-codes.ts'
import type { CodeExplanation, CodeTable } from '../../src/issue/code-table.ts'
import { connectionCodes } from '../../src/issue/connection-codes.ts'
import { documentCodes } from '../../src/issue/document-codes.ts'
import { exportCodes } from '../../src/issue/export-codes.ts'
import { fileCodes } from '../../src/issue/file-codes.ts'
import { importCodes } from '../../src/issue/import-codes.ts'
import { referenceCodes } from '../../src/issue/reference-codes.ts'
import { switchCodes } from '../../src/issue/switch-codes.ts'
import type { IssueCode } from '../../src/issue.ts'
import { anchor, generated, page, prose } from './markdown-text.ts'

/** The tables of codes, in the order of the page, with what they are about. */
export const codeGroups: Readonly<Record<string, CodeTable>> = {
  'Servers and connections': connectionCodes,
  'Documents of a snapshot': documentCodes,
  'References and names': referenceCodes,
  Exports: exportCodes,
  'Plans and applies': applyCodes,
  'Files and directories': fileCodes,
  'Files of other formats': importCodes,
  'Waves of a migration': switchCodes,
}

/** docs/reference/issue-codes.md: every code with its cause and its fix. */
export function issueCodesPage(): string {
  const groups = Object.entries(codeGroups)
  return page(
    '# Issue codes',
    generated,
    'Every error and every warning has a code in brackets, such as `[dangling-ref]`. Codes are stable: scripts may rely on them, also in the `issues` of [JSON outputs](json.md). ' +
      '`prefect-snapshot explain dangling-ref` tells the same as this page.',
    ...groups.flatMap(([name, codes]) => [
      `**${name}**: ${Object.keys(codes)
        .map((code) => `[\`${code}\`](#${anchor(code)})`)
        .join(', ')}.`,
    ]),
    ...groups.flatMap(([name, codes]) => [
      `## ${name}`,
      ...Object.entries(codes).flatMap(([code, one]) => section(code, one)),
    ]),
  )
}

function section(code: string, { meaning, cause, example, fix }: CodeExplanation): readonly string[] {
  const exit = exitCodes[statusOf([{ code: code as IssueCode, severity: 'error', message: '' }])]
  return [
    `### ${code}`,
    prose(meaning),
    [
      `- **Cause**: ${prose(cause)}`,
      `- **Example**: ${prose(example)}`,
      `- **Fix**: ${prose(fix)}`,
      `- **Exit code** of a command that it ends: [${exit}](exit-codes.md#exit-code-${exit})`,
    ].join('\n'),
  ]
}
