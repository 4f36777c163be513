import { Failure } from '../issue.ts'
import type { ExportRequest, ExportResult } from '../operations/export-snapshot.ts'
import { kindsText, plural } from '../plain-text.ts'
import { defineCommand, flag, list, valueOr } from './command.ts'
import { readExits } from './exits.ts'
import { fleetOptions, forEachServer } from './fleet.ts'
import type { ExitStatus, Io } from './io.ts'
import {
  allowUnknownOption,
  asOption,
  exportSecretOptions,
  externalOption,
  selectionOptions,
  serverOptions,
  showOptions,
} from './options.ts'

export const exportCommand = defineCommand({
  name: 'export',
  group: 'Move',
  summary: 'Write the resources of a server to a snapshot',
  description:
    'Reads a server and writes its configuration to a snapshot. Secret values are replaced by placeholders, each of which names an environment variable. With --as, writes files of another tool to a directory, and lists what they cannot hold.',
  arguments: {},
  options: {
    output: valueOr('-o, --output <path>', 'file, directory (ends in /), or - for standard output', '-'),
    ...asOption,
    update: flag('--update', 'write only what has changed; keep comments, order and quoting of the existing snapshot'),
    overwrite: flag('--overwrite', 'replace what is at the output, also comments, uncommitted edits and other files'),
    check: flag(
      '--check',
      'report drift: show what --update would change, write nothing, and exit with 2 if there is any',
    ),
    ...exportSecretOptions,
    secretPath: list(
      '--secret-path <glob#pointer>',
      'also treat these values as secrets, by globs over kind/key and over the path in the document; repeatable',
    ),
    strictSecrets: flag(
      '--strict-secrets',
      'exit with 8 and write nothing if a value outside of secret fields looks like a secret',
    ),
    ...allowUnknownOption,
    ...serverOptions('server to read'),
    ...fleetOptions,
    ...selectionOptions,
    ...externalOption,
    ...showOptions,
  },
  examples: [
    'export --profile staging -o staging.snapshot.yaml',
    'export -o platform/',
    'export --profile prod -o prod.snapshot.yaml --update',
    'export --profile prod -o prod.snapshot.yaml --check -f markdown',
    'export --tag team-a --dependents -o team-a.snapshot.yaml',
    "export --include 'deployment/etl/*' --external 'work-pool/**' -o etl.snapshot.yaml",
    'export -o prod.snapshot.yaml --secrets age --recipient age1…',
    "export --profile 'team-*' -o workspaces/",
    'export --profile prod --as prefect-yaml -o flows/',
    "export -o prod.snapshot.yaml --secret-path 'deployment/**#/spec/job_variables/env/*_KEY' --strict-secrets",
  ],
  exits: {
    ...readExits,
    changes: 'With `--check`: the snapshot differs from the server.',
    incomplete:
      'The server could not be read completely, a resource or value was left out, `--strict-secrets` found a secret, or the format of `--as` cannot hold everything.',
  },
  async run(options, terminal) {
    return forEachServer('export', options, terminal, async (input, io) => {
      if (input.check !== true && !io.collect && (input.format !== 'text' || input.full)) throw withoutReport()
      const { exportSnapshot } = await import('../operations/export-snapshot.ts')
      const result = await exportSnapshot(input, io)
      if (result.comparison) {
        const { printComparison } = await import('./show-diff.ts')
        const status = result.comparison.plan.changes.length > 0 ? 'changes' : 'ok'
        await printComparison(result.comparison, status, input, io)
        if (status !== 'ok') io.note(`${input.output} differs from the server. Run export --update to update it.\n`)
        return status === 'ok' ? statusOfExport(result) : status
      }
      if (result.text !== undefined) io.out(result.text)
      const writtenAs = result.writtenAs && (await import('./print-written-as.ts')).printWrittenAs(result.writtenAs, io)
      if (!writtenAs) await report(result, input, io)
      const status = writtenAs === 'incomplete' ? writtenAs : statusOfExport(result)
      collect(result, input, status, io)
      return status
    })
  },
})

/** An export prints a snapshot; only --check has a report. */
function withoutReport(): Failure {
  const message = '--format and --full are for the report of --check, but an export writes a snapshot.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix: 'Add --check, or leave them out.' }])
}

function statusOfExport({ leftOut }: ExportResult): ExitStatus {
  return leftOut.length > 0 ? 'incomplete' : 'ok'
}

/** The report for a table of several servers. */
function collect({ snapshot, secretCount }: ExportResult, { output }: ExportRequest, status: ExitStatus, io: Io): void {
  const common = { version: 1, tool: io.version, exit: io.exitCodeOf(status), issues: [] } as const
  const counts = { resources: snapshot.resources.length, secrets: secretCount }
  io.collect?.({ schema: 'prefect-snapshot/export', ...common, file: output, ...counts })
}

async function report(result: ExportResult, { output, secrets }: ExportRequest, io: Io): Promise<void> {
  const { snapshot, secretCount, updated, written } = result
  const { writeResultText } = await import('../report/text/write-result.ts')
  const { resources } = snapshot
  if (secrets === 'plain' && secretCount > 0)
    io.err(`${io.errStyle.yellow('warning')} The snapshot holds ${plural(secretCount, 'secret')} in clear text.\n`)
  if (updated) {
    const { changed, added, removed, files } = updated
    const same = resources.length - changed.length - added.length
    const counts = `${changed.length} changed, ${added.length} added, ${removed.length} removed, ${same} unchanged`
    const isSame = files.length === 0
    const upToDate = `${output} matches the server: ${plural(resources.length, 'resource')}, nothing written\n`
    return io.note(isSame ? upToDate : `Updated ${output}: ${counts}\n`)
  }
  if (written?.directory) io.note(writeResultText(output, written))
  const secretsText = { placeholders: 'left out, see secrets: in the file', age: 'encrypted', plain: undefined }[
    secrets
  ]
  const note = secretsText !== undefined && secretCount > 0 ? `; ${plural(secretCount, 'secret')} ${secretsText}` : ''
  const to = output === '-' ? '' : ` to ${output}`
  io.note(`Exported ${plural(resources.length, 'resource')}${to}: ${kindsText(resources)}${note}\n`)
}
