import { defineCommand, required } from './command.ts'
import { applyOptions, dryRunOption, envFileOption, formatOption, serverOptions } from './options.ts'

export const undo = defineCommand({
  name: 'undo',
  group: 'Keep',
  summary: 'Revert one apply, except for resources changed since',
  description:
    'Shows the changes that revert an apply, asks, and applies them. Resources that were changed after the apply are left unchanged and listed.',
  arguments: { file: required('journal of the apply') },
  options: {
    ...dryRunOption,
    ...applyOptions,
    ...serverOptions('server of the apply'),
    ...envFileOption,
    ...formatOption,
  },
  examples: ['undo ~/.local/state/prefect-snapshot/journals/2026-11-24T08-00-00.000Z-1234.ndjson --profile prod'],
  async run(input, io) {
    const { undoApply } = await import('../operations/undo-apply.ts')
    const { runPlan } = await import('./run-plan.ts')
    return runPlan((approve) => undoApply(input, io, approve), input, io, {
      doneStatus: ({ left }) => (left.length > 0 ? 'partial' : 'ok'),
    })
  },
})
