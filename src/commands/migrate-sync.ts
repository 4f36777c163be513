import type { Approve } from '../operations/apply-plan.ts'
import type { SyncResult } from '../operations/migrate-sync.ts'
import { defineCommand, optional, optionalChoiceOf } from './command.ts'
import { applyExits } from './exits.ts'
import { migrationRequest } from './migrate-words.ts'
import {
  applyOptions,
  dryRunOption,
  migrationOptions,
  ruleOptions,
  secretEnvFileOption,
  showOptions,
} from './options.ts'

const { journal: _, ...howToApply } = applyOptions

export const migrateSync = defineCommand({
  name: 'migrate sync',
  group: 'Move',
  summary: 'Carry over what is new or has changed at the old server',
  description:
    'Compares both servers of a waves file with what was carried over last, and shows and applies what has changed at the old one since, through the overlays. Creates resources paused or disabled, never touches switches, nor the pools of what is live at the new server. What only the new server has changed stays; what both have changed is named and not written, with exit code 2.',
  arguments: {
    wave: optional('name of a wave, to carry over its members and their dependencies; by default, everything'),
  },
  options: {
    ...dryRunOption,
    ...howToApply,
    prefer: optionalChoiceOf('--prefer <side>', {
      old: 'write what both sides have changed as the old one has it',
      new: 'accept it as the new one has it',
    }),
    ...ruleOptions,
    ...secretEnvFileOption,
    ...migrationOptions,
    ...showOptions,
  },
  examples: ['migrate sync --dry-run', 'migrate sync ingest --yes', 'migrate sync --prefer new'],
  exits: { ...applyExits, changes: 'Both sides have changed something; it was not written.' },
  async run(input, io) {
    const { syncMigration } = await import('../operations/migrate-sync.ts')
    const { runPlan } = await import('./run-plan.ts')
    const { waves: _, journal: __, wave, ...options } = input
    const request = { ...options, ...migrationRequest(input), ...(wave === undefined ? {} : { wave }) }
    // The command that reverts the apply names the profile, which only the waves file has.
    const shown: typeof options & { profile?: string } = { ...options }
    const sync = (approve: Approve) =>
      syncMigration(request, io, (prepared, refusals) => {
        if (prepared.to.name !== undefined) shown.profile = prepared.to.name
        return approve(prepared, refusals)
      })
    const statusOf = ({ conflicts }: SyncResult) => (conflicts > 0 ? 'changes' : 'ok')
    return runPlan(sync, shown, io, { doneStatus: statusOf, dryRunStatus: statusOf })
  },
})
