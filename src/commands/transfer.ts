import { defineCommand, flag, requiredValue, value } from './command.ts'
import { applyExits } from './exits.ts'
import {
  allowUnknownOption,
  applyOptions,
  dryRunOption,
  environmentOptions,
  externalOption,
  optionalActivation,
  ruleOptions,
  secretEnvFileOption,
  selectionOptions,
  showOptions,
  sideWorkspaces,
} from './options.ts'

export const transfer = defineCommand({
  name: 'transfer',
  group: 'Move',
  summary: 'Move resources from one server to another',
  description:
    'Exports one server and applies the result to another, with a plan in between. Creates resources paused or disabled, so that no schedule runs on both servers. Secrets pass in memory.',
  arguments: {},
  options: {
    from: requiredValue('--from <profile>', 'profile of the server to read'),
    to: requiredValue('--to <profile>', 'profile of the server to change'),
    ...sideWorkspaces,
    ...dryRunOption,
    ...applyOptions,
    save: value(
      '--save <file>',
      'also save what is transferred as a snapshot, after the overlays, with placeholders for secrets',
    ),
    ...optionalActivation,
    ...ruleOptions,
    ...allowUnknownOption,
    allowSameServer: flag('--allow-same-server', 'continue if both are the same server, or one is a copy of the other'),
    ...selectionOptions,
    ...externalOption,
    ...environmentOptions,
    ...secretEnvFileOption,
    ...showOptions,
  },
  examples: [
    'transfer --from staging --to prod --dry-run',
    'transfer --from old --to new --yes',
    "transfer --from old --to new --include 'deployment/etl/**'",
    'transfer --from old --to new --tag team-a',
    'transfer --from old --to new --overlay prod.overlay.yaml',
  ],
  exits: applyExits,
  async run(input, io) {
    const operations = await import('../operations/transfer.ts')
    const { runPlan } = await import('./run-plan.ts')
    const { kindTable } = await import('../report/text/kind-table.ts')
    const { refOf } = await import('../ref.ts')
    const options = { ...input, profile: input.to, ...(input.toWorkspace ? { workspace: input.toWorkspace } : {}) }
    return runPlan((approve) => operations.transfer(input, io, approve), options, io, {
      before: ({ prepared, outcomes, ending }) => {
        if (ending === 'declined') return
        const refs = prepared.parsed.snapshot.resources.map(refOf)
        const kinds = io.kinds.map(({ name }) => name)
        io.out(`\n${kindTable(refs, prepared.plan, outcomes.length > 0 ? outcomes : undefined, kinds, io.style)}`)
      },
    })
  },
})
