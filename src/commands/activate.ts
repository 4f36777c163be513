import { defineCommand, required } from './command.ts'
import { snapshotForms, switchOptions } from './options.ts'

export const activate = defineCommand({
  name: 'activate',
  group: 'Move',
  summary: 'Switch selected resources to the state in a snapshot',
  description:
    'Switches selected resources, and their dependencies, to the state in the snapshot: paused or not, enabled or not, each schedule active or not. Creates nothing and changes nothing else. Writes a journal, so that undo can revert it.',
  arguments: { snapshot: required(snapshotForms) },
  options: switchOptions,
  examples: [
    "activate all.snapshot.yaml --include 'deployment/etl/**' --profile new",
    'activate all.snapshot.yaml --tag wave-1 --profile new --dry-run',
  ],
  async run(input, io) {
    const operations = await import('../operations/switch.ts')
    const { runPlan } = await import('./run-plan.ts')
    return runPlan((approve) => operations.activate(input, io, approve), input, io)
  },
})
