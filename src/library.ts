import { homedir, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { plannedReport } from './commands/plan-report.ts'
import type { Context } from './context.ts'
import type { Kind } from './kind.ts'
import { kinds as allKinds } from './kinds/all.ts'
import type { Event, Snapshot } from './model.ts'
import type { ApplyRequest, ApplyResult, Approve } from './operations/apply-plan.ts'
import { applyPlanned } from './operations/apply-planned.ts'
import { applySnapshot as applyOperation } from './operations/apply-snapshot.ts'
import { type Comparison, type DiffRequest, diffSnapshots as diffOperation } from './operations/diff-snapshots.ts'
import { type ExportRequest, exportSnapshot as exportOperation } from './operations/export-snapshot.ts'
import type { PlanRequest, PreparedPlan } from './operations/make-plan.ts'
import { type PlannedSnapshot, planSnapshot as planOperation } from './operations/plan-snapshot.ts'
import { type TransferRequest, transfer as transferOperation } from './operations/transfer.ts'
import { type UndoRequest, type UndoResult, undoApply as undoOperation } from './operations/undo-apply.ts'
import { createRateLimits } from './rate/rate-limits.ts'
import { type Format, reporters } from './report/index.ts'
import type { PlanReport } from './report/model/report.ts'
import type { Reporter } from './report/reporter.ts'
import { styleFor } from './report/text/style.ts'
import { formatSnapshot } from './snapshot/format.ts'
import { type Parsed, parseSnapshot as parseSources } from './snapshot/parse.ts'
import type { Trust } from './trust.ts'

/** Options of every function. All have defaults. */
export interface LibraryOptions {
  /** Environment variables: `PREFECT_…` settings and secrets. Default: none, so that no setting is used by accident. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Base directory of relative paths. Default: the working directory. */
  readonly cwd?: string
  /** Home directory, which has Prefect's profiles and the journals. Default: the user's home directory. */
  readonly home?: string
  /** Kinds of resources. Default: all built-in kinds. You can add your own. */
  readonly kinds?: readonly Kind[]
  /** Uses policies and settings of folders that others can write to, too. Default: only files of this user and of root. */
  readonly trustDirectory?: boolean
  /** Aborts: reads end at once, writes in flight are finished, nothing else is started. */
  readonly signal?: AbortSignal
  /** Milliseconds to wait for a server that is away. Default: a minute, and only for a server that has responded before. */
  readonly serverTimeoutMs?: number
  /** Receives phases, requests, outcomes and warnings as they happen. */
  readonly onEvent?: (event: Event) => void
}

/** A snapshot by its path (file, directory, bundle, `git:REV:path`), or as a value. */
export type SnapshotInput = string | Snapshot

/** Version that the library reports to servers and in journals. */
const version = 'library'

function contextOf(options: LibraryOptions, snapshot?: SnapshotInput): Context {
  return {
    kinds: options.kinds ?? allKinds,
    env: options.env ?? {},
    cwd: options.cwd ?? resolve('.'),
    home: options.home ?? homedir(),
    version,
    // Makes the names of journals unique.
    pid: Math.floor(Math.random() * 1e9),
    trust: trustOf(options),
    signal: options.signal ?? new AbortController().signal,
    ...(options.serverTimeoutMs === undefined ? {} : { serverTimeoutMs: options.serverTimeoutMs }),
    onEvent: options.onEvent ?? (() => {}),
    rateLimits: createRateLimits(),
    now: () => Date.now(),
    stdin: async () => Buffer.from(typeof snapshot === 'object' ? formatSnapshot(snapshot) : ''),
  }
}

function trustOf({ trustDirectory = false }: LibraryOptions): Trust {
  // -1 on Windows.
  const { uid } = userInfo()
  return { ...(uid < 0 ? {} : { uid }), all: trustDirectory }
}

function pathOf(snapshot: SnapshotInput): string {
  return typeof snapshot === 'string' ? snapshot : '-'
}

/** Exports a server as a snapshot. Secrets become placeholders, unless `secrets` says otherwise. Writes no file. */
export async function exportSnapshot(
  request: Omit<Partial<ExportRequest>, 'output' | 'update' | 'check' | 'as'>,
  options: LibraryOptions = {},
): Promise<Snapshot> {
  const context = contextOf(options)
  const { snapshot } = await exportOperation({ secrets: 'placeholders', ...request, output: '-' }, context)
  return snapshot
}

/** Renders a plan as a report. */
export async function renderPlan(
  planned: PlannedSnapshot,
  reporter: Reporter | Format,
  options: Pick<LibraryOptions, 'kinds'> = {},
): Promise<string> {
  const report: PlanReport = {
    schema: 'prefect-snapshot/plan',
    version: 1,
    tool: version,
    exit: 0,
    issues: planned.plan.issues,
    ...plannedReport(planned, {}, options.kinds ?? allKinds),
  }
  const render = typeof reporter === 'string' ? await reporters[reporter]() : reporter
  return render(report, { style: styleFor(false), width: 100 })
}

/** Parses the text of a snapshot. Errors in the text are returned as issues; nothing is thrown. */
export function parseSnapshot(
  text: string,
  options: Pick<LibraryOptions, 'kinds'> & { readonly file?: string } = {},
): Parsed {
  return parseSources([{ file: options.file ?? 'snapshot', text }], options.kinds ?? allKinds)
}

/** Computes the changes that would make a server match a snapshot. Changes nothing. */
export async function planSnapshot(
  request: Omit<PlanRequest, 'snapshot'> & { readonly snapshot: SnapshotInput; readonly base?: string },
  options: LibraryOptions = {},
): Promise<PlannedSnapshot> {
  const context = contextOf(options, request.snapshot)
  return planOperation({ ...request, snapshot: pathOf(request.snapshot) }, context, async (planned) => planned)
}

/**
 * Makes a server match a snapshot, or applies a saved plan. `approve` receives the plan before the first write and
 * decides whether to proceed. By default, the plan is applied unless it is refused.
 */
export async function applySnapshot(
  request: Omit<PlanRequest, 'snapshot'> & ApplyRequest & { readonly snapshot: SnapshotInput },
  options: LibraryOptions & { readonly approve?: Approve } = {},
): Promise<ApplyResult> {
  const context = contextOf(options, request.snapshot)
  return applyOperation(
    { ...request, snapshot: pathOf(request.snapshot) },
    context,
    options.approve ?? (async () => true),
  )
}

/**
 * Applies a plan that `planSnapshot` computed for the same request. Throws {@link Failure} with code `stale-plan` if
 * the server has changed since.
 */
export async function applyPlan(
  planned: PreparedPlan,
  request: Omit<PlanRequest, 'snapshot'> & ApplyRequest,
  options: LibraryOptions & { readonly approve?: Approve } = {},
): Promise<ApplyResult> {
  return applyPlanned(planned, request, contextOf(options), options.approve ?? (async () => true))
}

/** Compares two snapshots, or a snapshot and a server (`profile:NAME`). */
export async function diffSnapshots(request: DiffRequest, options: LibraryOptions = {}): Promise<Comparison> {
  return diffOperation(request, contextOf(options))
}

/** Exports one server and applies the result to another. By default, created resources are paused or disabled. */
export async function transfer(
  request: TransferRequest,
  options: LibraryOptions & { readonly approve?: Approve } = {},
): Promise<ApplyResult> {
  return transferOperation(request, contextOf(options), options.approve ?? (async () => true))
}

/** Reverts one apply by its journal, except for resources changed since. */
export async function undoApply(
  request: UndoRequest,
  options: LibraryOptions & { readonly approve?: Approve } = {},
): Promise<UndoResult> {
  return undoOperation(request, contextOf(options), options.approve ?? (async () => true))
}
