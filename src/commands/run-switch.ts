import { Failure, type Issue } from '../issue.ts'
import type { WaveSwitch, WaveSwitchRequest, WaveSwitchResult } from '../operations/migrate-switch.ts'
import type { WaveMove } from '../operations/switch-members.ts'
import { plural } from '../plain-text.ts'
import type { CommandFormat } from '../report/index.ts'
import type { ExitStatus, Io } from './io.ts'
import { printCommand } from './print.ts'
import { showPlan } from './show-plan.ts'
import { switchReport } from './switch-report.ts'

/** How a move of a wave is shown and confirmed. */
interface SwitchOptions {
  readonly yes?: boolean
  readonly format: CommandFormat
}

/** Shows what a move of a wave changes at both sides, asks, lets the operation carry it out, and reports what became of each member. */
export async function runSwitch(
  request: WaveSwitchRequest,
  move: WaveMove,
  options: SwitchOptions,
  io: Io,
): Promise<ExitStatus> {
  const { switchWave, toDo } = await import('../operations/migrate-switch.ts')
  const { format } = options
  const result = await switchWave(request, move, io, async (planned) => {
    await show(planned, options, io)
    const isRefused = planned.issues.some(({ severity }) => severity === 'error')
    if (isRefused || request.dryRun || toDo(planned).length === 0) return !isRefused
    return confirmed(planned, toDo(planned).length, options, io)
  })
  const status = statusOf(result, io)
  if (result.ending === 'declined') io.err('Nothing was changed.\n')
  else await printCommand(switchReport(result, status, io), format, io)
  // Those of the plan were shown before the question.
  const shown = new Set<Issue>(result.ending === 'switched' ? result.planned : result.issues)
  if (format !== 'json') io.warn(result.issues.filter((issue) => !shown.has(issue)))
  return status
}

async function show(planned: WaveSwitch, { format }: SwitchOptions, io: Io): Promise<void> {
  const view = { format }
  for (const side of [planned.giving, planned.taking])
    if (side.plan.changes.length > 0) await showPlan({ ...side, plan: { ...side.plan, issues: [] } }, [], view, io)
  if (format !== 'json') io.warn(planned.issues)
}

/** Asks for confirmation, except with `--yes`. Throws `Failure` without a terminal. */
async function confirmed(
  { giving, taking, wave, move }: WaveSwitch,
  count: number,
  { yes }: SwitchOptions,
  io: Io,
): Promise<boolean> {
  if (yes) return true
  io.onEvent({ type: 'phase', phase: 'waiting' })
  if (io.ask)
    return io.ask(
      `Carry out the ${move} of ${wave}: switch ${plural(count, 'resource')} from ${giving.to.server.url} to ${taking.to.server.url}?`,
    )
  const message = 'The switches need confirmation, and there is no terminal for the question.'
  const fix = 'Pass --yes to switch without confirmation.'
  throw new Failure([{ code: 'needs-confirmation', severity: 'error', message, fix }])
}

function statusOf({ ending, issues, outcomes, members }: WaveSwitchResult, io: Io): ExitStatus {
  const isLeft = members.some(({ action }) => action === 'both' || action === 'unknown')
  switch (ending) {
    case 'refused':
      return io.statusOf(issues)
    case 'declined':
      return 'failed'
    case 'interrupted':
      return 'interrupted'
    case 'dry-run':
    case 'nothing-to-do':
      return isLeft ? 'changes' : 'ok'
    case 'switched':
      if (outcomes.some(({ end }) => end !== 'taken')) return 'partial'
      if (issues.some(({ severity }) => severity === 'error')) return io.statusOf(issues)
      return isLeft ? 'changes' : 'ok'
  }
}
