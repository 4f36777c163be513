import { needsOf } from '../graph/dependencies.ts'
import type { Issue } from '../issue.ts'
import type { Kind } from '../kind.ts'
import type { Placeholder, Resource } from '../model.ts'
import type { Performed } from '../operations/apply-plan.ts'
import type { Connected } from '../operations/connect.ts'
import type { PlanFlags, PreparedPlan } from '../operations/make-plan.ts'
import { outcomesOf, type PlanContext, plannedOf } from '../report/model/build-report.ts'
import { withoutSecretExcerpt } from '../report/model/redact.ts'
import type { ApplyReport, PlanReport, Planned as ReportedPlan } from '../report/model/report.ts'
import { totalsText } from '../report/text/outcome-text.ts'
import { flagsOf, scopeOf } from '../selection/selection.ts'
import { shellLine } from '../shell.ts'
import type { ExitStatus, Io } from './io.ts'
import { print } from './print.ts'

/** A plan that is shown, and what it is of. */
export interface Shown {
  readonly planned: PreparedPlan
  readonly flags: PlanFlags
  readonly to: Connected
  readonly kinds: readonly Kind[]
  /** What the snapshot and the server both began with. */
  readonly base?: PlanContext['base']
}

/** The report of `plan`: with the command that would carry it out. */
export async function printPlan(of: Shown, issues: readonly Issue[], exit: ExitStatus, io: Io): Promise<void> {
  const all = [...of.planned.plan.issues, ...issues]
  const report: PlanReport = {
    schema: 'prefect-snapshot/plan',
    ...common(all, exit, io),
    ...reported(of, nextOf(of.flags)),
  }
  await print(report, of.flags.format, io)
  tellIssues(of, issues, io)
}

/** The plan that `apply` is about to carry out: payload of its text, and for whoever is asked in every other format. */
export async function showPlan(of: Shown, issues: readonly Issue[], io: Io): Promise<void> {
  const isText = (of.flags.format ?? 'text') === 'text'
  if (isText || io.ask) {
    const report: PlanReport = { schema: 'prefect-snapshot/plan', ...common([], 'ok', io), ...reported(of) }
    await print(report, 'text', isText ? io : { ...io, out: io.err, style: io.errStyle })
  }
  tellIssues(of, issues, io)
}

/** What `apply` did: the last lines of its text, or the one document of another format. Answers the exit code. */
export async function printApply(
  of: Shown,
  issues: readonly Issue[],
  performed: Performed,
  io: Io,
): Promise<ExitStatus> {
  const { outcomes = [], journal, exit } = performed
  if ((of.flags.format ?? 'text') === 'text') {
    if (outcomes.length > 0) io.out(totalsText(outcomes, io.style))
  } else {
    const all = [...of.planned.plan.issues, ...issues]
    const report: ApplyReport = {
      schema: 'prefect-snapshot/apply',
      ...common(all, exit, io),
      ...reported(of),
      outcomes: outcomesOf(outcomes),
      ...(journal === undefined ? {} : { journal }),
    }
    await print(report, of.flags.format, io)
  }
  if (journal !== undefined) {
    const back = shellLine(['prefect-snapshot', 'undo', journal, ...serverFlags(of.flags)])
    io.err(`Journal: ${journal}\nTo take it back: ${back}\n`)
  }
  return exit
}

function common(issues: readonly Issue[], exit: ExitStatus, { version, exitCodeOf }: Io) {
  return {
    version: 1 as const,
    tool: version,
    exit: exitCodeOf(exit),
    issues: [...new Set(issues)].map(withoutSecretExcerpt),
  }
}

function reported({ planned, flags, to, kinds, base }: Shown, next?: readonly string[]): ReportedPlan {
  const { plan, live, parsed, secretValues } = planned
  const deleted = plan.changes.flatMap((change): Resource[] => (change.action === 'delete' ? [change.before] : []))
  return plannedOf(plan, {
    profile: to.name,
    server: live.server,
    file: flags.snapshot,
    snapshot: parsed.snapshot,
    kinds: kinds.map(({ name }) => name),
    placeOf: parsed.placeOf,
    ...(parsed.originsOf ? { originsOf: parsed.originsOf } : {}),
    filled: (placeholder: Placeholder) => secretValues.secretFor(placeholder) !== undefined,
    edges: (flags.format ?? 'text') === 'text' ? [] : needsOf([...parsed.snapshot.resources, ...deleted], kinds),
    ...(base ? { base } : {}),
    ...(next ? { next } : {}),
  })
}

/** The same flags that made the plan, so that the same plan is made. */
function nextOf({ snapshot, activation, ...flags }: PlanFlags): readonly string[] {
  return [
    'apply',
    snapshot,
    ...serverFlags(flags),
    ...(flags.environment === undefined ? [] : ['--environment', flags.environment]),
    ...(flags.overlay ?? []).flatMap((file) => ['--overlay', file]),
    ...flagsOf({ ...scopeOf(flags), include: flags.include ?? [] }),
    ...(flags.dependencies === false ? ['--no-dependencies'] : []),
    ...(activation === undefined || activation === 'snapshot' ? [] : ['--activation', activation]),
    ...(flags.prune ? ['--prune'] : []),
    ...(flags.envFile ?? []).flatMap((file) => ['--env-file', file]),
    ...(flags.identity ?? []).flatMap((file) => ['--identity', file]),
    ...(flags.allowCommands ? ['--allow-commands'] : []),
    ...(flags.overrideChangeLimit ? ['--override-change-limit'] : []),
    ...(flags.allowUnresolved ? ['--allow-unresolved'] : []),
    ...(flags.skipUnsupported ? ['--skip-unsupported'] : []),
  ]
}

function serverFlags({ profile, apiUrl }: Pick<PlanFlags, 'profile' | 'apiUrl'>): readonly string[] {
  return [
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(apiUrl === undefined ? [] : ['--api-url', apiUrl]),
  ]
}

/** In JSON they are in the document; everywhere else they are said here. */
function tellIssues({ planned, flags }: Shown, issues: readonly Issue[], io: Io): void {
  if (flags.format === 'json') return
  const warnings = planned.plan.issues.filter(({ severity }) => severity === 'warning')
  io.warn([...warnings, ...issues])
}
