import { Failure } from '../issue.ts'
import { defineCommand, flag, optional } from './command.ts'
import { applyExits } from './exits.ts'
import { applyOptions, dryRunOption, secretEnvFileOption, serverOptions, showOptions } from './options.ts'

export const undo = defineCommand({
  name: 'undo',
  group: 'Keep',
  summary: 'Revert one apply, except for resources changed since',
  description:
    'Shows the changes that revert an apply, asks, and applies them. Resources that were changed after the apply are left unchanged and listed. An undo is an apply too: --last after an undo reverts the undo.',
  arguments: { file: optional('journal of the apply') },
  options: {
    last: flag('--last', 'revert the newest apply to the server from this machine'),
    ...dryRunOption,
    ...applyOptions,
    ...serverOptions('server of the apply'),
    ...secretEnvFileOption,
    ...showOptions,
  },
  examples: [
    'undo --last --profile prod',
    'undo ~/.local/state/prefect-snapshot/journals/2026-11-24T08-00-00.000Z-1234.ndjson --profile prod',
  ],
  exits: { ...applyExits, partial: 'Something was not reverted: it was changed since, or cannot be restored.' },
  async run({ last, file, ...options }, io) {
    if ((file === undefined) === (last !== true)) throw whichJournal(file)
    const { undoApply } = await import('../operations/undo-apply.ts')
    const { runPlan } = await import('./run-plan.ts')
    const request = { ...options, ...(file === undefined ? {} : { file }) }
    return runPlan((approve) => undoApply(request, io, approve), request, io, {
      doneStatus: ({ left }) => (left.length > 0 ? 'partial' : 'ok'),
    })
  },
})

function whichJournal(file: string | undefined): Failure {
  const message = file === undefined ? 'The journal of the apply is missing.' : 'Pass either a journal or --last.'
  const fix = 'Pass a file that `prefect-snapshot journals` lists, or --last for the newest apply to the server.'
  return new Failure([{ code: 'usage', severity: 'error', message, fix }])
}
