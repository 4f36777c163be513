/**
 * prefect-snapshot as a library: what the commands do, as functions of a request.
 *
 * Nothing here prints, reads `process`, or keeps state between calls. Every function takes {@link LibraryOptions}, can be
 * aborted by a signal, and throws {@link Failure} with every reason at once.
 *
 * @packageDocumentation
 */
export type { Check } from './check.ts'
export type { Context } from './context.ts'
export { Failure, type Issue, type IssueCode, type Place } from './issue.ts'
export type { Json, JsonObject, Pointer } from './json.ts'
export type { Answer } from './kind/answer.ts'
export type {
  Around,
  Created,
  DroppedSetting,
  Encoded,
  ExtraRun,
  Fault,
  Field,
  FieldCoverage,
  Finding,
  GuessedSecret,
  Incompatibility,
  KeywordCheck,
  Kind,
  Mentions,
  Misfit,
  Names,
  NestedCoverage,
  OnPage,
  OpenRun,
  OpenRuns,
  PastRun,
  Quota,
  Readiness,
  RefField,
  ResolvedResource,
  Rule,
  RuleKeyword,
  RunArtifact,
  RunControl,
  RunHistory,
  RunSchedule,
  ScheduledRuns,
  Schemas,
  ShiftedRuns,
  SideEffects,
  TimeWindow,
  Write,
} from './kind.ts'
export { kinds } from './kinds/all.ts'
export {
  applyPlan,
  applySnapshot,
  diffSnapshots,
  exportSnapshot,
  type LibraryOptions,
  parseSnapshot,
  planSnapshot,
  renderPlan,
  type SnapshotInput,
  transfer,
  undoApply,
} from './library.ts'
export type {
  Api,
  Change,
  ChangedBy,
  Event,
  EventOf,
  FieldChange,
  Id,
  Live,
  LiveResource,
  MissingSecret,
  NextRun,
  NextRunChange,
  NotCompared,
  Outcome,
  Placeholder,
  Plan,
  Reader,
  Ref,
  Rename,
  Reply,
  Resource,
  Scope,
  SecretValues,
  Server,
  Snapshot,
  ThreeWay,
  Tier,
  Unsupported,
} from './model.ts'
export type { ApplyRequest, ApplyResult, Approve } from './operations/apply-plan.ts'
export type { Target } from './operations/connect.ts'
export type { Comparison, DiffRequest } from './operations/diff-snapshots.ts'
export type { ExportRequest } from './operations/export-snapshot.ts'
export type { PlanRequest, PlanRules, PreparedPlan } from './operations/make-plan.ts'
export type { PlannedSnapshot } from './operations/plan-snapshot.ts'
export type { TransferRequest } from './operations/transfer.ts'
export type { UndoRequest, UndoResult } from './operations/undo-apply.ts'
export type { Activation } from './plan/activation.ts'
export type { Pass, RateLimit, RateWait } from './rate/rate-limit.ts'
export type { RateLimits } from './rate/rate-limits.ts'
export { type Format, reporters } from './report/index.ts'
export type * from './report/model/change-report.ts'
export type {
  ApplyReport,
  BaseReport,
  Compared,
  ConditionsReport,
  Counts,
  DiffReport,
  EdgeReport,
  ErrorReport,
  FileReport,
  Focus,
  GraphReport,
  Planned,
  PlanReport,
  Report,
  ResourceReport,
  ScopeReport,
  Side,
  Source as ReportSource,
  Target as ReportTarget,
  ValidateReport,
} from './report/model/report.ts'
export type { Reporter, View } from './report/reporter.ts'
export { Secret } from './secret.ts'
export type { Selection } from './selection/selection.ts'
export type { Update } from './snapshot/edit/update-texts.ts'
export { formatSnapshot } from './snapshot/format.ts'
export type { Origin, Parsed } from './snapshot/parse.ts'
export type { Trust } from './trust.ts'
