import type { Plan } from '../model.ts'
import type { PlannedSnapshot } from '../operations/plan-snapshot.ts'
import { defineCommand, flag, list, required, value } from './command.ts'
import { toArgv } from './command-line.ts'
import { planExits } from './exits.ts'
import { fleetOptions, forEachServer } from './fleet.ts'
import type { ExitStatus } from './io.ts'
import { activationOption, planOptions, planRequestOptions, snapshotForms } from './options.ts'

export const plan = defineCommand({
  name: 'plan',
  group: 'Move',
  summary: 'Preview the changes that apply would make',
  description: 'Compares a snapshot with a server and shows what apply would do. Changes no server.',
  arguments: { snapshot: required(snapshotForms) },
  options: {
    out: value('--out <file>', 'save the plan, to apply exactly this plan later'),
    exitCode: flag('--exit-code', 'exit with 2 if there are changes, with 10 if only the server has more'),
    base: value(
      '--base <snapshot>',
      'show which side made each change since this snapshot: ours (the file), theirs (the server), or both',
    ),
    acceptRemote: list(
      '--accept-remote <glob>',
      "first write the server's version of these resources into the file; repeatable",
    ),
    ...activationOption,
    ...planOptions,
    ...fleetOptions,
  },
  examples: [
    'plan prod.snapshot.yaml --profile prod',
    'plan prod.snapshot.yaml --profile prod --out plan.json',
    'plan prod.snapshot.yaml --profile prod --exit-code',
    'plan prod.snapshot.yaml --profile prod -f markdown > comment.md',
    'plan prod.snapshot.yaml --profile prod --base git:main:prod.snapshot.yaml',
    "plan prod.snapshot.yaml --profile prod --accept-remote 'variable/etl_*'",
    'plan prod.snapshot.yaml --profile prod -f html > review.html',
    "plan baseline.snapshot.yaml --profile 'team-*'",
  ],
  exits: {
    ...planExits,
    changes: 'With `--exit-code`: there are changes.',
    'server-only': 'With `--exit-code`: nothing to change, but the server has more than the snapshot in its scope.',
  },
  async run(options, terminal) {
    return forEachServer('plan', options, terminal, async (input, io) => {
      const { planSnapshot } = await import('../operations/plan-snapshot.ts')
      const { refusalsOf } = await import('../operations/make-plan.ts')
      const { printPlan } = await import('./show-plan.ts')
      return planSnapshot(input, io, async (planned) => {
        if (planned.accepted) io.note(acceptedText(input.snapshot, planned.accepted))
        const refusals = refusalsOf(planned.plan, input)
        const status =
          refusals.length > 0 ? io.statusOf(refusals) : input.exitCode === true ? driftStatus(planned.plan) : 'ok'
        const next = ['apply', input.snapshot, ...toArgv({ ...activationOption, ...planRequestOptions }, input)]
        await printPlan(planned, refusals, status, { ...input, next }, io)
        if (refusals.length === 0 && input.out !== undefined) {
          const { savePlan } = await import('../operations/plan-file.ts')
          await savePlan(input.out, planned, input, io)
          io.note(`Saved the plan to ${input.out}. To apply exactly this plan: prefect-snapshot apply ${input.out}\n`)
        }
        return status
      })
    })
  },
})

/** Changes first: what only the server has is all that is left after an apply. */
function driftStatus({ changes, unmanaged }: Plan): ExitStatus {
  return changes.length > 0 ? 'changes' : unmanaged.length > 0 ? 'server-only' : 'ok'
}

function acceptedText(path: string, { changed, added, removed }: NonNullable<PlannedSnapshot['accepted']>): string {
  const counts = `${changed.length} changed, ${added.length} added, ${removed.length} removed`
  const isSame = changed.length + added.length + removed.length === 0
  return isSame ? `${path} already has the server's version\n` : `Accepted into ${path}: ${counts}\n`
}
