import { defineCommand, optional } from './command.ts'
import { applyExits } from './exits.ts'
import { snapshotForms, switchOptions } from './options.ts'

export const pause = defineCommand({
  name: 'pause',
  group: 'Move',
  summary: 'Pause or disable selected resources',
  description:
    'Pauses the selected deployments, work pools and queues, and disables the selected automations. Schedules keep their own state, and dependencies of the selection are left unchanged, since other resources may need them; dependents are paused only with --dependents. Never activates anything.',
  arguments: { snapshot: optional(`${snapshotForms}; without one, resources are selected on the server`) },
  options: switchOptions,
  examples: [
    "pause all.snapshot.yaml --include 'deployment/etl/**' --profile old",
    'pause --tag wave-1 --kind deployment --kind automation --profile old',
  ],
  exits: applyExits,
  async run({ snapshot, ...input }, io) {
    const operations = await import('../operations/switch.ts')
    const { runPlan } = await import('./run-plan.ts')
    const request = snapshot === undefined ? input : { ...input, snapshot }
    return runPlan((approve) => operations.pause(request, io, approve), input, io)
  },
})
