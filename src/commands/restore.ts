import { defineCommand, flag, required } from './command.ts'
import { applyExits } from './exits.ts'
import { applyOptions, optionalActivation, planOptions, snapshotForms } from './options.ts'

export const restore = defineCommand({
  name: 'restore',
  group: 'Keep',
  summary: 'Restore a server from a backup',
  description:
    'Applies a snapshot, or the newest backup of a folder. With --drill, applies it to an empty server, exports that server and compares the two, to test whether everything is restored.',
  arguments: { snapshot: required(`folder of backups; or ${snapshotForms}`) },
  options: {
    drill: flag('--drill', 'restore to an empty server, paused, and report by kind what was restored'),
    ...applyOptions,
    ...optionalActivation,
    ...planOptions,
  },
  examples: [
    'restore backups/ --profile prod',
    'restore backups/2026-11-24T10-30-00Z.snapshot.yaml --profile prod --prune',
    'restore backups/ --drill --profile empty --yes',
  ],
  exits: { ...applyExits, changes: 'With `--drill`: something did not come back as it was.' },
  async run({ drill, ...input }, io) {
    const { newestBackup } = await import('../operations/newest-backup.ts')
    const { runPlan } = await import('./run-plan.ts')
    const snapshot = await newestBackup(input.snapshot, io)
    if (snapshot !== input.snapshot) io.note(`Using the newest backup, ${snapshot}\n`)
    if (drill) return (await import('./run-drill.ts')).runDrill({ activation: 'paused', ...input, snapshot }, io)
    const { applySnapshot } = await import('../operations/apply-snapshot.ts')
    const request = { activation: 'snapshot' as const, ...input, snapshot, asItIs: true }
    return runPlan((approve) => applySnapshot(request, io, approve), input, io)
  },
})
