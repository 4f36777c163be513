import { plural } from '../plain-text.ts'
import { defineCommand, optional } from './command.ts'
import { migrationOptions } from './options.ts'

export const migratePlan = defineCommand({
  name: 'migrate plan',
  group: 'Move',
  summary: 'Show the scope of a migration in waves',
  description: 'Reads both servers of a waves file and shows which deployments and automations belong to which wave.',
  arguments: { wave: optional('name of a wave; by default, all of them') },
  options: { ...migrationOptions },
  examples: ['migrate plan', 'migrate plan ingest --waves platform/waves.yaml'],
  async run({ waves: file, wave, journal }, io) {
    const { planMigration } = await import('../operations/migrate-plan.ts')
    const choice = { ...(wave === undefined ? {} : { wave }), ...(journal === undefined ? {} : { journal }) }
    const { waves, none, issues } = await planMigration({ file, ...choice }, io)
    for (const { name, members, cutOver } of waves)
      io.out(`${name}: ${plural(members.length, 'resource')}, ${cutOver.length} cut over\n`)
    if (none.length > 0) io.out(`in no wave: ${none.join(', ')}\n`)
    if (issues.length === 0) return 'ok'
    io.onEvent({ type: 'warning', issues })
    return io.statusOf(issues)
  },
})
