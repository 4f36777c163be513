import type { ListedJournal } from '../operations/list-journals.ts'
import { plural } from '../plain-text.ts'
import { defineCommand } from './command.ts'

export const journals = defineCommand({
  name: 'journals',
  group: 'Keep',
  summary: 'List the journals of applies from this machine',
  description:
    'Lists the journals of this user, the newest last: time, server, number of changes, and whether the apply was completed.',
  arguments: {},
  options: {},
  examples: ['journals'],
  async run(_, io) {
    const { listJournals } = await import('../operations/list-journals.ts')
    const { folder, journals } = listJournals(io)
    if (journals.length === 0) io.err(`There are no journals in ${folder}.\n`)
    for (const journal of journals) io.out(`${journalLine(journal)}\n`)
    return 'ok'
  },
})

function journalLine({ file, head, done, ended }: ListedJournal): string {
  if (!head) return `(cannot be read)  ${file}`
  const time = new Date(head.time).toISOString().slice(0, 19).replace('T', ' ')
  const state = ended ? '' : '  (not completed)'
  return `${time}  ${head.server.url}  ${done} of ${plural(head.changes, 'change')}${state}  ${file}`
}
