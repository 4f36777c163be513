import { defineCommand, required } from './command.ts'
import { applyExits } from './exits.ts'
import { fleetOptions, forEachServer } from './fleet.ts'
import { activationOption, applyOptions, planOptions, snapshotForms } from './options.ts'

export const apply = defineCommand({
  name: 'apply',
  group: 'Move',
  summary: 'Make a server match a snapshot',
  description:
    'Shows the plan, asks, applies it in dependency order, and reports one outcome for each change. Takes a snapshot, or a plan saved by plan --out.',
  arguments: { snapshot: required(`${snapshotForms}; or a saved plan`) },
  options: { ...applyOptions, ...activationOption, ...planOptions, ...fleetOptions },
  examples: [
    'apply prod.snapshot.yaml --profile prod',
    'apply prod.snapshot.yaml --profile prod --yes',
    'apply plan.json --profile prod',
    'apply prod.snapshot.yaml --profile prod --activation paused',
    "apply workspaces/ --profile 'team-*'",
  ],
  exits: {
    ...applyExits,
    stale:
      'The server has changed since the plan was saved, or a resource since the plan was shown, which was skipped.',
  },
  async run(options, terminal) {
    return forEachServer('apply', options, terminal, async (input, io) => {
      const { applySnapshot } = await import('../operations/apply-snapshot.ts')
      const { runPlan } = await import('./run-plan.ts')
      return runPlan((approve) => applySnapshot(input, io, approve), input, io)
    })
  },
})
