import { defineCommand, flag, required, value } from './command.ts'
import { applyExits } from './exits.ts'
import { fromWorkspace, snapshotForms, switchOptions } from './options.ts'

export const activate = defineCommand({
  name: 'activate',
  group: 'Move',
  summary: 'Activate selected resources as in a snapshot',
  description:
    'Switches on what the snapshot has on: deployments that are not paused, enabled automations, each active schedule. Never pauses anything, creates nothing and changes nothing else. Switches what pause with the same selection does: no dependencies, and dependents only with --dependents. With --from, looks at the server on which they ran until now, and refuses what is still active there.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    from: value(
      '--from <profile>',
      'profile of the server where they ran until now; what is still active there is refused',
    ),
    ...fromWorkspace,
    allowBoth: flag('--allow-both', 'activate what is still active on the server of --from, too'),
    ...switchOptions,
  },
  examples: [
    "activate all.snapshot.yaml --include 'deployment/etl/**' --profile new",
    'activate all.snapshot.yaml --tag wave-1 --profile new --from old',
    'activate all.snapshot.yaml --tag wave-1 --profile new --dry-run',
  ],
  exits: {
    ...applyExits,
    policy: 'Something of the selection is still active on the server of `--from`, or a policy refuses the change.',
  },
  async run(input, io) {
    const operations = await import('../operations/switch.ts')
    const { runPlan } = await import('./run-plan.ts')
    return runPlan((approve) => operations.activate(input, io, approve), input, io)
  },
})
