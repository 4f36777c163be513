import type { ListedJournal } from '../operations/list-journals.ts'
import { commandFormats } from '../report/index.ts'
import type { JournalReport } from '../report/model/command-reports.ts'
import { defineCommand } from './command.ts'
import { formatOf } from './options.ts'

export const journals = defineCommand({
  name: 'journals',
  group: 'Keep',
  summary: 'List the journals of applies from this machine',
  description:
    'Lists the journals of this user, the newest last: time, server, number of changes, and whether the apply was completed.',
  arguments: {},
  options: { ...formatOf(commandFormats) },
  examples: ['journals', 'journals -f json'],
  async run({ format }, io) {
    const { listJournals } = await import('../operations/list-journals.ts')
    const { commonOf, printCommand } = await import('./print.ts')
    const { folder, journals: listed, issues } = listJournals(io)
    const common = { schema: 'prefect-snapshot/journals', ...commonOf(issues, 'ok', io) } as const
    await printCommand({ ...common, folder, journals: listed.map(journalReport) }, format, io)
    if (listed.length === 0) io.note(`There are no journals in ${folder}.\n`)
    if (format !== 'json') io.warn(issues)
    return 'ok'
  },
})

function journalReport({ file, record }: ListedJournal): JournalReport {
  if (!record) return { file }
  const { head, entries, ended } = record
  const done = entries.filter(({ status }) => status === 'done').length
  const time = new Date(head.time).toISOString()
  const { url, version } = head.server
  return { file, apply: { time, server: { url, version }, of: head.of, changes: head.changes, done, ended } }
}
