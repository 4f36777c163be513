import type { Issue } from '../issue.ts'
import { type DrillRequest, type DrillResult, drill } from '../operations/drill.ts'
import { plural } from '../plain-text.ts'
import { refOf } from '../ref.ts'
import type { Format } from '../report/index.ts'
import { fidelityOf } from '../report/model/fidelity.ts'
import { fidelityText } from '../report/text/fidelity-text.ts'
import type { ExitStatus, Io } from './io.ts'
import { type RunOptions, runPlan } from './run-plan.ts'
import { printComparison } from './show-diff.ts'

/** Runs a drill, and reports by kind what was restored instead of the outcomes. */
export async function runDrill(
  request: DrillRequest & RunOptions & { readonly format: Format },
  io: Io,
): Promise<ExitStatus> {
  return runPlan((approve) => drill(request, io, approve), request, io, {
    quietPlan: true,
    doneStatus: ({ comparison }) => (comparison && comparison.plan.changes.length > 0 ? 'changes' : 'ok'),
    report: async (result, status) => {
      if (request.format === 'text') reportText(result, io)
      else if (result.comparison) await printComparison(result.comparison, status, request, io)
      io.warn(notes(result, request))
    },
  })
}

function reportText({ comparison, prepared }: DrillResult, io: Io): void {
  const refs = prepared.parsed.snapshot.resources.map(refOf)
  const kinds = io.kinds.map(({ name }) => name)
  if (comparison) io.out(fidelityText(fidelityOf(refs, comparison.plan.changes, kinds), io.style))
}

function notes({ missingSecrets }: DrillResult, { activation }: DrillRequest): Issue[] {
  const secrets: Issue = {
    code: 'missing-secret',
    severity: 'warning',
    message: `The drill used dummy values for ${plural(missingSecrets.length, 'secret')} without a value in this environment: ${missingSecrets.join(', ')}.`,
    fix: 'Set them in the environment before a restore.',
  }
  const paused: Issue = {
    code: 'not-compared',
    severity: 'warning',
    message: 'Fields that switch work on and off were not compared: a drill creates everything paused or disabled.',
    fix: 'Pass --activation snapshot to compare them; schedules and automations on the empty server then become active.',
  }
  return [...(missingSecrets.length > 0 ? [secrets] : []), ...(activation === 'paused' ? [paused] : [])]
}
