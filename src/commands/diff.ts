import { defineCommand, flag, required } from './command.ts'
import { readExits } from './exits.ts'
import { selectionOptions, showOptions } from './options.ts'

const sideForms =
  'file, directory, bundle, git:REV:path, - for standard input, or profile:NAME for a server (profile:NAME@account/handle for a workspace)'

export const diff = defineCommand({
  name: 'diff',
  group: 'Review',
  summary: 'Compare two snapshots, or a snapshot and a server',
  description:
    'Compares two snapshots, or a snapshot and a server, field by field, and shows the changes that would turn the first into the second. Changes nothing.',
  arguments: { before: required(sideForms), after: required('the same forms') },
  options: {
    exitCode: flag('--exit-code', 'exit with 2 if they differ'),
    ...selectionOptions,
    ...showOptions,
  },
  examples: [
    'diff git:main:prod.snapshot.yaml prod.snapshot.yaml',
    'diff prod.snapshot.yaml profile:prod --exit-code',
    'diff profile:staging profile:prod -f html > review.html',
    'diff profile:cloud@acme/staging profile:cloud@acme/prod',
    "diff old.snapshot.yaml platform/ --include 'deployment/etl/**'",
  ],
  exits: { ...readExits, changes: 'With `--exit-code`: the sides differ.' },
  async run(input, io) {
    const { diffSnapshots } = await import('../operations/diff-snapshots.ts')
    const { printComparison } = await import('./show-diff.ts')
    const comparison = await diffSnapshots(input, io)
    const status = input.exitCode && comparison.plan.changes.length > 0 ? 'changes' : 'ok'
    await printComparison(comparison, status, input, io)
    return status
  },
})
